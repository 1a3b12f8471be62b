using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Formats;

/// <summary>Policies to be written in every format.</summary>
internal static class FormatPlans
{
    /// <summary>At a router, for a host of each role behind it, and at a host that plays it.</summary>
    public static IEnumerable<Plan> All() => ApplicationCatalogue.Embedded.Applications.SelectMany(application => application.Roles.Keys.SelectMany(role => new[]
    {
        Try(application.Id, Site.DefaultRouter, $"{role}=192.168.1.10,2001:db8:1::10"),
        Try(application.Id, Site.DefaultHost, $"{role}=self"),
    })).OfType<Plan>();

    public static Plan Of(string id, Site site, params string[] bindings) => Planner.Plan(new()
    {
        Applications = [ApplicationCatalogue.Embedded.Find(id)!],
        Bindings = [.. bindings.Select(text => RoleBinding.TryParse(text, out var binding) ? binding : throw new FormatException(text))],
        Site = site,
        WithLegacy = true,
    });

    private static Plan? Try(string id, Site site, string binding)
    {
        try
        {
            return Of(id, site, binding);
        }
        catch (PlanException)
        {
            return null; // nobody can play that role there
        }
    }
}

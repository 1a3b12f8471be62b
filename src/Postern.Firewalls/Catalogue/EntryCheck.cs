using System.Globalization;
using System.Text.RegularExpressions;

namespace Postern.Firewalls.Catalogue;

/// <summary>What a catalogue entry must hold beyond its form, and what its writer is warned of.</summary>
public static partial class EntryCheck
{
    private static readonly string[] DateForms = ["yyyy", "yyyy-MM", "yyyy-MM-dd"];

    /// <summary>Errors and warnings about an entry.</summary>
    public static IEnumerable<EntryIssue> Of(Application application) =>
        Identity(application).Concat(Life(application)).Concat(Roles(application))
            .Concat(application.Flows.SelectMany((flow, i) => FlowCheck.Of(application, flow, $"flows[{i}]")));

    internal static bool IsName(string text) => Name().IsMatch(text);

    private static IEnumerable<EntryIssue> Identity(Application application)
    {
        if (!IsName(application.Id))
        {
            yield return new("id", "must be lower-case letters, digits and hyphens.");
        }

        if (application.Flows.Count == 0)
        {
            yield return new("flows", "is missing or empty: an entry says what must pass.");
        }

        if (application.Sources.Count == 0)
        {
            yield return new("sources", "is missing or empty: an entry says where its facts are from.");
        }

        foreach (var alias in Repeated(application.Aliases))
        {
            yield return new("aliases", $"names \"{alias}\" twice.");
        }

        foreach (var flow in Repeated(application.Flows.Select(flow => flow.Id)))
        {
            yield return new("flows", $"has two flows with the id \"{flow}\".");
        }
    }

    private static IEnumerable<EntryIssue> Life(Application application)
    {
        if (application.Status == ApplicationStatus.Ended && application.EndedOn is null)
        {
            yield return new("endedOn", "is missing: an application that has ended says when.");
        }

        if (application.Status != ApplicationStatus.Ended && application.EndedOn is not null)
        {
            yield return new("endedOn", "is for applications whose status is \"ended\".");
        }

        if (application.EndedOn is { } date && !IsDate(date))
        {
            yield return new("endedOn", "must be a date: 2025, 2025-05 or 2025-05-05.");
        }

        if (application.ReplacedBy is { } other && (!IsName(other) || other == application.Id))
        {
            yield return new("replacedBy", "must be the id of another application.");
        }
    }

    private static IEnumerable<EntryIssue> Roles(Application application)
    {
        if (application.Roles.Count == 0)
        {
            yield return new("roles", "is missing or empty: an entry says who takes part.");
        }

        foreach (var role in application.Roles.Keys.Where(role => !IsName(role) || FlowCheck.Groups.Contains(role)))
        {
            yield return new("roles", $"names a role \"{role}\"; a role is lower-case letters, digits and hyphens, and none of {string.Join(", ", FlowCheck.Groups)}.");
        }

        foreach (var role in application.Roles.Keys.Where(role => !application.Flows.Any(flow => flow.From == role || flow.To == role)))
        {
            yield return new($"roles.{role}", "takes part in no flow.", IsWarning: true);
        }
    }

    private static IEnumerable<string> Repeated(IEnumerable<string> names) =>
        names.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).Select(group => group.Key);

    private static bool IsDate(string text) =>
        DateTime.TryParseExact(text, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,63}\z")]
    private static partial Regex Name();
}

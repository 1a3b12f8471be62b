using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Rules;

/// <summary>
/// Who plays which role of one application. At a host, the first role that is bound is this host's, else "client", else the entry's
/// first. At a router, the first role that is bound inside, else "client", else the entry's first, belongs to the inside; "gateway"
/// is the router itself. What is bound to nobody is outside, but for "neighbour": that is who is named, and nobody else.
/// </summary>
internal sealed class Cast
{
    private const string Neighbour = "neighbour";

    private static readonly string[] Gateways = ["gateway", "router", "firewall"];

    private readonly Application _application;
    private readonly PlanRequest _request;
    private readonly List<RoleBinding> _bindings;
    private readonly ILookup<string, Party> _bound;

    public Cast(Application application, PlanRequest request)
    {
        _application = application;
        _request = request;
        _bindings = [.. request.Bindings.Where(binding => binding.Application is null || binding.Application == application.Id)
            .Where(binding => application.Roles.ContainsKey(binding.Role))];
        var here = Here();
        _bound = _bindings.Select(binding => Place(binding, here)).ToLookup(party => party.Role);
        Principal = _bindings.Select(binding => binding.Role).FirstOrDefault(role => _bound[role].Any(party => !party.IsOutside))
            ?? Usual(application.Roles.Keys.Where(role => !_bound.Contains(role)));
    }

    /// <summary>The role that is played on our side of the firewall.</summary>
    public string? Principal { get; }

    /// <summary>Whether there is but one role: who hears is what the sender is.</summary>
    public bool IsAlone => _application.Roles.Count == 1;

    private Site Site => _request.Site;

    /// <summary>Everybody on our side who was named.</summary>
    public IEnumerable<Party> Insiders => _bound.SelectMany(parties => parties).Where(party => party.IsInside);

    /// <summary>Whether the role is that of the box that leads out.</summary>
    public static bool IsGateway(string role) => Gateways.Contains(role);

    /// <summary>Those who were named; else by convention.</summary>
    public IReadOnlyList<Party> Of(string role) => _bound.Contains(role) ? [.. _bound[role]] : [.. Unbound(role)];

    /// <summary>Strangers in that role.</summary>
    public IEnumerable<Party> Strangers(string role) => role == Neighbour ? [] : Site.Outside.Select(zone => new Party(role, zone, AddressSet.Any));

    private IEnumerable<Party> Unbound(string role)
    {
        if (Site.IsRouter && IsGateway(role))
        {
            return [new Party(role, null, AddressSet.Any)];
        }

        if (role != Principal)
        {
            return Strangers(role);
        }

        return Site.IsRouter ? Site.Inside.Select(zone => new Party(role, zone, AddressSet.Any)) : [new Party(role, null, AddressSet.Any)];
    }

    /// <summary>The role that is this host's, where it is a host.</summary>
    private string? Here()
    {
        if (Site.IsRouter || _bindings.Exists(binding => binding.Place == RoleBinding.Self))
        {
            return null;
        }

        return _bindings.Find(binding => binding.Addresses is not null)?.Role;
    }

    private Party Place(RoleBinding binding, string? here)
    {
        if (binding.Place == RoleBinding.Self)
        {
            return new(binding.Role, null, AddressSet.Any, binding.Ports, IsBound: true);
        }

        if (binding.Addresses is not { } addresses)
        {
            var named = Site.Find(binding.Place!) ?? throw new PlanException($"There is no zone '{binding.Place}'; an address, the name of a zone or 'self' must follow '{binding.Role}='.");
            return new(binding.Role, named, AddressSet.Any, binding.Ports, IsBound: true);
        }

        var isOwn = binding.Role == here || (!Site.Outer.IsEmpty && Site.Outer.Contains(addresses));
        var place = isOwn ? null : ZoneOf(binding, addresses);
        return new(binding.Role, place, addresses, binding.Ports, IsBound: true);
    }

    /// <summary>An IPv6 address says nothing about the side that it is on: the first role named is inside where nothing says otherwise.</summary>
    private SiteZone ZoneOf(RoleBinding binding, AddressSet addresses)
    {
        var four = addresses.Of(IpVersion.V4);
        var zone = Site.ZoneOf(four.IsEmpty ? addresses : four);
        var isUnsure = four.IsEmpty && zone is { IsOutside: true } && zone.Zone.Addresses.IsAny && binding.Role == _bindings[0].Role;
        return (isUnsure && Site.IsRouter ? Site.OpenInside : null) ?? zone
            ?? throw new PlanException($"No zone holds {addresses}; the zones file must say where '{binding.Role}' lives.");
    }

    private string? Usual(IEnumerable<string> roles)
    {
        var free = roles.Where(role => !Site.IsRouter || !IsGateway(role)).ToList();
        var usual = free.Contains("client") ? "client" : _application.Flows.Select(flow => flow.From).FirstOrDefault(role => role != Neighbour && free.Contains(role));
        return usual ?? free.FirstOrDefault();
    }
}

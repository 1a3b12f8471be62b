using System.Net;

namespace Postern.Firewalls.Rules;

/// <summary>The network at hand, as a zones file describes it.</summary>
public sealed record Site
{
    /// <summary>Addresses that only a private network has, by IANA's registries of special-purpose addresses.</summary>
    public static readonly AddressSet Private = AddressSet.Of(
        ((string[])["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "fc00::/7", "fe80::/10"])
        .Select(text => AddressRange.Of(IPNetwork.Parse(text))));

    /// <summary>A router as most homes and small offices have it: eth0 outside, eth1 inside and behind NAT.</summary>
    public static readonly Site DefaultRouter = new()
    {
        IsRouter = true,
        Zones = [new(new("net", ["eth0"], AddressSet.Any), IsOutside: true), new(new("loc", ["eth1"], AddressSet.Any), IsTranslated: true)],
    };

    /// <summary>One host: everything beyond it is outside.</summary>
    public static readonly Site DefaultHost = new() { Zones = [new(new("net", [], AddressSet.Any), IsOutside: true)] };

    /// <summary>Whether the firewall forwards between zones; else it guards itself.</summary>
    public bool IsRouter { get; init; }

    public required IReadOnlyList<SiteZone> Zones { get; init; }

    /// <summary>The firewall's own addresses, those that the world sees; empty where they are not known or change.</summary>
    public AddressSet Outer { get; init; } = AddressSet.None;

    public IEnumerable<SiteZone> Outside => Zones.Where(zone => zone.IsOutside);

    public IEnumerable<SiteZone> Inside => Zones.Where(zone => !zone.IsOutside);

    public SiteZone? Find(string name) => Zones.FirstOrDefault(zone => zone.Zone.Name == name);

    /// <summary>
    /// Where addresses live: in the zone that names them; else private ones in an inside zone of which nobody knows who lives there;
    /// else outside. Null where no zone can hold them.
    /// </summary>
    public SiteZone? ZoneOf(AddressSet addresses) =>
        Zones.FirstOrDefault(zone => !zone.Zone.Addresses.IsAny && zone.Zone.Addresses.Contains(addresses))
        ?? (Private.Contains(addresses) ? OpenInside : null)
        ?? Outside.FirstOrDefault(zone => zone.Zone.Addresses.Contains(addresses));

    /// <summary>Whether the rule lets somebody inside, or the firewall, begin a flow towards strangers.</summary>
    public bool LeadsOut(Rule rule) => IsStrange(rule.Match.To) && !IsStrange(rule.Match.From);

    /// <summary>Whether the rule lets strangers begin a flow towards somebody inside.</summary>
    public bool LeadsIn(Rule rule) => IsStrange(rule.Match.From) && !IsStrange(rule.Match.To);

    private bool IsStrange(Zone? zone) => zone is not null && Outside.Any(outside => outside.Zone.Is(zone));

    /// <summary>The inside zone of which nobody knows who lives there.</summary>
    public SiteZone? OpenInside => Inside.FirstOrDefault(zone => zone.Zone.Addresses.IsAny);
}

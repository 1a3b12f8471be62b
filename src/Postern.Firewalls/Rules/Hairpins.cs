using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Rules;

/// <summary>
/// What two users behind the same firewall need to reach each other: the way back through the interface that they came in by
/// (Shorewall's <c>routeback</c>), and, where the firewall's outer address is known, the forwarding rule from inside too.
/// </summary>
internal static class Hairpins
{
    /// <summary>Zones with two or more hosts of an application whose users strangers may call.</summary>
    public static IEnumerable<Zone> Zones(Application application, Cast cast, Site site)
    {
        var isCalled = application.Flows.Any(flow => flow.Need is FlowNeed.Required or FlowNeed.Optional && cast.Of(flow.To).Any(party => party.IsInside));
        return site.IsRouter && isCalled ? cast.Insiders.GroupBy(party => party.Zone.Name).Where(zone => zone.Count() > 1).Select(zone => zone.First().Zone) : [];
    }

    public static IEnumerable<Rule> Of(IReadOnlyList<Rule> rules, Cast cast, Site site)
    {
        var callers = cast.Insiders.Select(party => party.Zone).DistinctBy(zone => zone.Name).ToList();
        if (site.Outer.Of(IpVersion.V4).IsEmpty || cast.Insiders.Count() < 2)
        {
            return [];
        }

        return from rule in rules
               where rule.Verdict is Verdict.Forward
               from caller in callers
               select rule with { Match = rule.Match with { From = caller }, Why = $"{rule.Why} (from inside, through the outer address)" };
    }
}

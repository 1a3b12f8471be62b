using System.Globalization;

namespace Postern.Firewalls.Rules;

/// <summary>
/// The administrator's refusal. What an application sends to fixed ports is refused there; where it sends UDP to any port, so that it
/// could punch holes, all UDP of its hosts towards the outside is refused but for the exceptions, since nothing less keeps it in.
/// Refused, not dropped: it is told at once that this is prohibited, and gives up.
/// </summary>
public static class Refusal
{
    private const string AllUdp = "refusal:udp";

    /// <summary>The web itself: refusing it to one application refuses it to all.</summary>
    private static readonly PortSet Web = PortSet.Of(new PortRange(80, 80), new PortRange(443, 443));

    /// <summary>The request says which applications, for whom; nobody named means everybody inside.</summary>
    public static Plan Plan(PlanRequest request, IReadOnlyList<RefusalException> exceptions)
    {
        var planned = Planner.Plan(request with { WithLegacy = true });
        var rules = new List<Rule>();
        var notes = new List<PlanNote>();
        foreach (var rule in planned.Policy.Rules)
        {
            Refuse(rule, request.Site, rules, notes);
        }

        IEnumerable<Rule> all = [.. Exceptions(request.Site, exceptions, rules), .. rules.Where(rule => !IsWithin(rule, rules))];
        return planned with { Policy = planned.Policy with { Rules = [.. Planner.Number([.. all]).OrderBy(rule => rule.Phase)], RouteBack = [] }, Notes = notes };
    }

    /// <summary>What goes with the application.</summary>
    public static IReadOnlyList<RuleWarning> Warnings(Plan plan)
    {
        var all = plan.Policy.Rules.Where(rule => rule.Verdict is Verdict.Reject && rule.Id.StartsWith(AllUdp, StringComparison.Ordinal)).ToList();
        var ids = all.Select(rule => rule.Id).ToList();
        var warnings = new List<RuleWarning>(Rules.Warnings.Of(plan.Policy));
        if (ids.Count > 0)
        {
            warnings.Add(new("refusal-udp", ids, "Everything over UDP ends with it: HTTP/3 falls back to TCP, streaming and games may suffer.", "Name what must go on: --except PORTS=ADDRESSES."));
        }

        if (all.Exists(rule => rule.Match.From is { IsSelf: true }) && !plan.Policy.Rules.Any(rule => rule.Verdict is Verdict.Accept && rule.Match.DestinationPorts.Overlaps(RefusalException.Dns)))
        {
            warnings.Add(new("refusal-dns", ids, "This host will ask no name server over UDP.", "Name yours: --except dns=ADDRESS."));
        }

        return warnings;
    }

    private static void Refuse(Rule rule, Site site, List<Rule> rules, List<PlanNote> notes)
    {
        var match = rule.Match;
        var isMany = match.NamesPorts && match.DestinationPorts.Count > FlowPlanner.MostNarrowPorts;
        if (rule.Phase == Phase.Noise)
        {
            rules.Add(rule);
        }
        else if (!site.LeadsOut(rule))
        {
            return; // from outside nothing is open unless somebody opens it
        }
        else if (match.Protocol == IpProtocol.Udp && isMany)
        {
            var all = new Match { From = match.From, To = match.To, Protocol = IpProtocol.Udp, Source = match.Source };
            if (!rules.Exists(known => known.Match == all))
            {
                rules.Add(new() { Id = AllUdp, Phase = Phase.Wide, Verdict = new Verdict.Reject(IsAdministrative: true), Match = all, Why = "Nothing less keeps in what punches holes" });
            }
        }
        else if (match.Protocol == IpProtocol.Tcp && Web.Contains(match.DestinationPorts))
        {
            notes.Add(new(PlanNoteKind.Unrefused, rule.Id, "is not refused: it goes to the ports of the web, and the application may live on with it alone"));
        }
        else if (isMany)
        {
            notes.Add(new(PlanNoteKind.Unrefused, rule.Id, $"is not refused: {match.Protocol.Word()} to any port cannot be told from other applications'; only a default that refuses keeps it in"));
        }
        else
        {
            rules.Add(rule with { Verdict = new Verdict.Reject(IsAdministrative: true), Helper = null, Match = match with { SourcePorts = PortSet.Any, SamePort = false } });
        }
    }

    /// <summary>What all UDP includes needs no rule of its own.</summary>
    private static bool IsWithin(Rule rule, List<Rule> rules) => rule is { Id: not AllUdp, Phase: not Phase.Noise } && rules.Exists(all =>
        all.Id == AllUdp && rule.Match.Protocol == IpProtocol.Udp && all.Match.From == rule.Match.From && all.Match.To == rule.Match.To && all.Match.Source.Contains(rule.Match.Source));

    /// <summary>Over UDP, and over TCP where the refusal is about these ports too.</summary>
    private static IEnumerable<Rule> Exceptions(Site site, IReadOnlyList<RefusalException> exceptions, List<Rule> refused) =>
        from exception in exceptions
        from sender in site.IsRouter ? site.Inside.Select(zone => zone.Zone) : [Zone.Self]
        from receiver in site.Outside
        from protocol in (IpProtocol[])[IpProtocol.Udp, IpProtocol.Tcp]
        let match = new Match { From = sender, To = receiver.Zone, Protocol = protocol, Destination = exception.Hosts, DestinationPorts = exception.Ports }
        where protocol == IpProtocol.Udp || refused.Exists(rule => rule.Match.Protocol == protocol && Packets.Overlap(rule.Match, match))
        select new Rule
        {
            Id = $"refusal:{exception.Name}",
            Phase = Phase.Narrow,
            Verdict = new Verdict.Accept(),
            Match = match,
            Why = string.Create(CultureInfo.InvariantCulture, $"Stays allowed: {exception.Name}"),
        };
}

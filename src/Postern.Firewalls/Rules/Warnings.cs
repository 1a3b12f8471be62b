using System.Globalization;
using Postern.Firewalls.Catalogue;

namespace Postern.Firewalls.Rules;

/// <summary>What the sources warn of.</summary>
public static class Warnings
{
    /// <summary>IANA's registry of ports: nat-pmp, pcp and pcp-multicast, and ssdp, UPnP's search.</summary>
    private static readonly PortSet MappingPorts = PortSet.Of(new PortRange(5350, 5351), new PortRange(1900, 1900));

    /// <summary>More than half of all ports: what is left is no control worth the name.</summary>
    private const int MostPortsUnderControl = 32768;

    /// <summary>Of a plan: its rules, its applications, and the ports that were chosen for it.</summary>
    public static IReadOnlyList<RuleWarning> Of(Plan plan) =>
    [
        .. OutgoingControl(plan),
        .. EveryHost(plan),
        .. EphemeralPort.Warn(plan),
        .. OfApplications(plan),
        .. Of(plan.Policy),
    ];

    /// <summary>Of any policy, wherever it comes from.</summary>
    public static IReadOnlyList<RuleWarning> Of(Policy policy) => [.. SharedPort(policy), .. MappingTrust(policy), .. Shadows.Of(policy).Select(finding => Redundant(policy, finding) ?? OfShadow(finding))];

    /// <summary>Of a policy beside the one that its applications need.</summary>
    public static IReadOnlyList<RuleWarning> Of(Policy policy, Policy needed) => [.. Of(policy), .. Shadows.Against(policy, needed).Select(OfShadow)];

    private static IEnumerable<RuleWarning> OutgoingControl(Plan plan)
    {
        foreach (var rule in plan.Policy.Rules.Where(rule => rule.Phase == Phase.Wide && rule.Verdict is Verdict.Accept && plan.Request.Site.LeadsOut(rule) && rule.Match.DestinationPorts.Count > MostPortsUnderControl))
        {
            var size = HoleSize.Of(plan.Policy, rule);
            yield return new("outgoing-control", [rule.Id],
                string.Create(CultureInfo.InvariantCulture, $"{rule.Id} ends nearly every control of outgoing {rule.Match.Protocol.Word()} traffic: 2^{size.Bits:0.0} combinations are open; only the ports below {rule.Match.DestinationPorts.Ranges[0].First} stay controlled."),
                "Give it to as few hosts as possible (--for ROLE=ADDRESS), or let the application go through a SOCKS proxy.");
        }
    }

    /// <summary>A hole for everybody inside where one host would do.</summary>
    private static IEnumerable<RuleWarning> EveryHost(Plan plan)
    {
        var open = plan.Policy.Rules.Where(rule => rule.Verdict is Verdict.Accept && plan.Request.Site.IsRouter)
            .Where(rule => (plan.Request.Site.LeadsOut(rule) && IsEverybody(rule.Match.Source))
                || (plan.Request.Site.LeadsIn(rule) && !rule.Match.To!.IsSelf && IsEverybody(rule.Match.Destination)))
            .Select(rule => rule.Id).ToList();
        if (open.Count > 0)
        {
            yield return new("every-host", open, "These rules are for every host inside.", "Name the hosts that need them: --for ROLE=ADDRESS.");
        }
    }

    private static IEnumerable<RuleWarning> OfApplications(Plan plan)
    {
        foreach (var application in plan.Request.Applications)
        {
            if (application.Status == ApplicationStatus.Ended)
            {
                var instead = application.ReplacedBy is { } other ? $"People use {other} now." : "There may be nothing to open it for.";
                yield return new("ended", [], $"{application.Title} has ended{(application.EndedOn is { } date ? $" ({date})" : "")}.", instead);
            }

            foreach (var flow in application.Flows.Where(flow => IsPlanned(plan, application, flow)))
            {
                var id = $"{application.Id}:{flow.Id}";
                if (flow.Fragments)
                {
                    yield return new("fragments", [id], $"{id} sends datagrams larger than a packet: their later parts carry no ports.", "The firewall must put fragments together before it filters, as connection tracking does.");
                }

                if (flow.PayloadAddress)
                {
                    yield return new("payload-address", [id], $"{id} carries addresses inside its data, which NAT does not see.", flow.Helper is { } helper ? $"Use the helper '{helper}', or fix address and ports in the application." : "Fix address and ports in the application.");
                }
            }
        }
    }

    private static IEnumerable<RuleWarning> SharedPort(Policy policy)
    {
        var forwards = policy.Rules.Where(rule => rule.Verdict is Verdict.Forward).ToList();
        return from one in forwards.Index()
               from other in forwards.Skip(one.Index + 1)
               where !one.Item.Verdict.Equals(other.Verdict) && Packets.Overlap(one.Item.Match, other.Match)
               select new RuleWarning("shared-port", [one.Item.Id, other.Id], $"{one.Item.Id} and {other.Id} are two hosts with one port: the first gets everything.", "Give each its own port, in the application and with --for ROLE=ADDRESS:PORT.");
    }

    private static IEnumerable<RuleWarning> MappingTrust(Policy policy)
    {
        var opened = policy.Rules.Where(rule => rule.Verdict.LetsPass && rule.Phase == Phase.Narrow && rule.Match.Protocol == IpProtocol.Udp
            && !rule.Match.DestinationPorts.IsEmpty && MappingPorts.Contains(rule.Match.DestinationPorts)).Select(rule => rule.Id).ToList();
        if (opened.Count > 0)
        {
            yield return new("upnp-trust", opened, "Who may ask for mappings (UPnP, NAT-PMP, PCP) opens the firewall himself: you trust every application on every system inside.", "Let the mapping service allow a range of ports and named hosts only.");
        }
    }

    private static RuleWarning OfShadow(ShadowFinding finding) => finding.Kind switch
    {
        ShadowKind.NeverReached => new("never-reached", Ids(finding), finding.Sentence, "Take it away, or move it before them."),
        ShadowKind.LogMasks => new("log-masks", Ids(finding), finding.Sentence, "Put rules that log last."),
        ShadowKind.DropHidesReject => new("drop-hides-reject", Ids(finding), finding.Sentence, "Reject instead, or move the reject before it."),
        ShadowKind.Wider => new("wider", Ids(finding), finding.Sentence, "Narrow it to what the catalogue names."),
        _ => new("drop-for-reject", Ids(finding), finding.Sentence, "Reject instead: silence makes it wait."),
    };

    /// <summary>Several applications may need the same: then no harm is done.</summary>
    private static RuleWarning? Redundant(Policy policy, ShadowFinding finding)
    {
        var rules = policy.Rules.Where(rule => Ids(finding).Contains(rule.Id)).ToList();
        return finding.Kind == ShadowKind.NeverReached && finding.Others.Count > 0 && rules.TrueForAll(rule => rule.Verdict.Equals(rules[0].Verdict))
            ? new("redundant", Ids(finding), $"{finding.RuleId} adds nothing to {string.Join(", ", finding.Others)}.", "It may stay: it goes with its application.")
            : null;
    }

    private static List<string> Ids(ShadowFinding finding) => [.. finding.RuleId is { } id ? [id] : Array.Empty<string>(), .. finding.Others];

    private static bool IsPlanned(Plan plan, Application application, Flow flow)
    {
        var id = $"{application.Id}:{flow.Id}";
        return plan.Policy.Rules.Any(rule => rule.Verdict.LetsPass && (rule.Id == id || rule.Id.StartsWith($"{id}:", StringComparison.Ordinal)));
    }

    private static bool IsEverybody(AddressSet addresses) => Enum.GetValues<IpVersion>().Any(addresses.IsAnyOf);
}

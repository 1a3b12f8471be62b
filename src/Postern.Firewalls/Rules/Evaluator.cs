namespace Postern.Firewalls.Rules;

/// <summary>
/// Says what a policy does with a packet that opens a flow. In this order: the loopback passes; then the first rule that matches;
/// then, from a zone of <see cref="Policy.RouteBack"/> back to itself, it passes; then the first default that fits; else it is dropped.
/// </summary>
public static class Evaluator
{
    public static Judgement Judge(Policy policy, Packet packet)
    {
        if (packet.From.IsSelf && packet.To.IsSelf)
        {
            return Passed(packet);
        }

        foreach (var rule in policy.Rules)
        {
            if (Matches(rule, packet))
            {
                return Decided(policy, rule, packet);
            }
        }

        if (packet.From.Is(packet.To) && policy.RouteBack.Any(packet.From.Is))
        {
            return Passed(packet);
        }

        var last = policy.Defaults.FirstOrDefault(next => IsIn(packet.From, next.From) && IsIn(packet.To, next.To));
        return new(last?.Verdict ?? new Verdict.Drop(), null, last, packet.Destination, packet.DestinationPort);
    }

    /// <summary>Whether the rule is about the packet. A forwarding rule is about packets of its host's family alone.</summary>
    public static bool Matches(Rule rule, Packet packet) =>
        (rule.Verdict is not Verdict.Forward forward || forward.Version == packet.Version) && Matches(rule.Match, packet);

    public static bool Matches(Match match, Packet packet) => MatchesButPorts(match, packet) && MatchesPorts(match, packet);

    /// <summary>Whether the match could be about the packet, had it other ports.</summary>
    public static bool MatchesButPorts(Match match, Packet packet) =>
        MatchesKind(match, packet) && match.Source.Contains(packet.Source) && match.Destination.Contains(packet.Destination);

    /// <summary>Whether the match could be about the packet, had it other addresses and ports.</summary>
    internal static bool MatchesKind(Match match, Packet packet) =>
        IsIn(packet.From, match.From)
        && IsIn(packet.To, match.To)
        && (match.Protocol == IpProtocol.Any || match.Protocol == packet.Protocol)
        && (match.IcmpType is null || (packet.Protocol is IpProtocol.Icmp or IpProtocol.Icmp6 && match.IcmpType == packet.IcmpType));

    /// <summary>A match that names ports is about protocols with ports alone.</summary>
    private static bool MatchesPorts(Match match, Packet packet) => packet.Protocol.HasPorts()
        ? match.SourcePorts.Contains(packet.SourcePort) && match.DestinationPorts.Contains(packet.DestinationPort)
            && (!match.SamePort || packet.SourcePort == packet.DestinationPort)
        : !match.NamesPorts;

    private static Judgement Decided(Policy policy, Rule rule, Packet packet)
    {
        if (rule.Verdict is not Verdict.Forward forward)
        {
            return new(rule.Verdict, rule, null, packet.Destination, packet.DestinationPort);
        }

        var home = policy.Zones.Where(zone => !zone.Addresses.IsAnyOf(forward.Version)).FirstOrDefault(zone => zone.Addresses.Contains(forward.To));
        return new(forward, rule, null, forward.To, forward.Port ?? packet.DestinationPort, (rule.Target ?? home)?.Is(packet.From) ?? false);
    }

    private static Judgement Passed(Packet packet) => new(new Verdict.Accept(), null, null, packet.Destination, packet.DestinationPort);

    private static bool IsIn(Zone zone, Zone? wanted) => wanted is null || wanted.Is(zone);
}

using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>One rule in the words of iptables-restore or ip6tables-restore, as many lines as it takes; each ends with its target.</summary>
internal static class IptablesRule
{
    /// <summary>XT_MULTI_PORTS; a range takes two.</summary>
    private const int MultiportSlots = 15;

    /// <summary>More would be no rule that a person can read.</summary>
    private const int MaxLines = 512;

    /// <summary>"any" to iptables' icmp match.</summary>
    private const byte EveryIcmpType = 255;

    private static readonly IpProtocol[] WithPorts = [IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.UdpLite];

    public static KernelText Write(KernelRule rule, IpVersion version)
    {
        if (Loss(rule) is { } loss)
        {
            return KernelText.Lost(loss);
        }

        var lines = Parts(rule).Select(part => Lines(part, version)).ToList();
        return lines.Contains(null)
            ? KernelText.Lost($"iptables would need more than {MaxLines} lines: it takes one range of addresses and {MultiportSlots} ports in each.")
            : new([.. Helping(rule, version), .. lines.SelectMany(part => part!).Select(line => (rule.Place, line))], null);
    }

    private static string? Loss(KernelRule rule) => rule.Match switch
    {
        { Protocol: IpProtocol.Any, LooksAtPorts: false } when rule.Action is KernelAction.Redirect { Port: not null } => "Only TCP, UDP and SCTP have a port to redirect to.",
        { RoutedTo.Count: > 0 } => "iptables cannot ask where a packet will go before it is redirected.",
        { IcmpType: EveryIcmpType } => "To iptables ICMP type 255 means every type.",
        { LooksAtPorts: true, SamePort: true } match when match.SourcePorts.Intersect(match.DestinationPorts).Count > MaxLines =>
            "iptables cannot compare the source port with the destination port, and there are too many to name each.",
        { Source: null } when rule.Place == Place.Hairpin =>
            "To masquerade what goes back to where it came from, iptables needs the addresses of the zone.",
        _ => null,
    };

    // Ports want a protocol, and TCP is rejected in another way than the rest.
    private static IEnumerable<KernelRule> Parts(KernelRule rule) => rule switch
    {
        { Match: { Protocol: IpProtocol.Any, LooksAtPorts: true } match } => WithPorts.Select(protocol => rule with { Match = match with { Protocol = protocol } }),
        { Match: { Protocol: IpProtocol.Any } match, Action: KernelAction.Reject } => [rule with { Match = match with { Protocol = IpProtocol.Tcp } }, rule],
        _ => [rule],
    };

    private static List<string>? Lines(KernelRule rule, IpVersion version)
    {
        var match = rule.Match;
        IReadOnlyList<string>[] dimensions =
        [
            rule.Place == Place.Hairpin ? [""] : Interfaces("-i", match.In),
            Interfaces("-o", match.Out),
            Addresses("-s", "src", match.Source),
            Addresses("-d", "dst", match.Destination),
            [match.ToThisHost ? "-m addrtype --dst-type LOCAL" : ""],
            Transport(match, version),
            match.OriginalPorts.IsAny
                ? [match.IsRedirected ? "-m conntrack --ctstate DNAT" : ""]
                : [.. match.OriginalPorts.Ranges.Select(range => $"-m conntrack --ctstate DNAT --ctorigdstport {range.Text(":")}")],
            [$"-m comment --comment \"{RuleTag.Of(rule.RuleId)}\""],
        ];
        if (dimensions.Aggregate(1.0, (product, dimension) => product * dimension.Count) > MaxLines)
        {
            return null;
        }

        var conditions = dimensions.Aggregate((IEnumerable<string>)[""], (lines, dimension) => lines.SelectMany(_ => dimension, (line, part) => $"{line} {part}".Trim()));
        return [.. conditions.SelectMany(condition => Targets(rule, version).Select(target => $"{condition} {target}"))];
    }

    private static IEnumerable<string> Targets(KernelRule rule, IpVersion version)
    {
        if (rule.LogPrefix is { } prefix)
        {
            yield return $"-j LOG --log-prefix \"{LogText.Of(prefix, LogText.Iptables)}\"";
        }

        yield return rule.Action switch
        {
            KernelAction.Accept => "-j ACCEPT",
            KernelAction.Drop => "-j DROP",
            KernelAction.Leave => "-j RETURN",
            KernelAction.Reject reject => "-j REJECT --reject-with " + (rule.Match.Protocol, reject.IsAdministrative, version) switch
            {
                (IpProtocol.Tcp, _, _) => "tcp-reset",
                (_, true, IpVersion.V4) => "icmp-admin-prohibited",
                (_, true, _) => "icmp6-adm-prohibited",
                (_, _, IpVersion.V4) => "icmp-port-unreachable",
                _ => "icmp6-port-unreachable",
            },
            KernelAction.Redirect { Port: { } port } to when rule.Match.Protocol.HasPorts() =>
                $"-j DNAT --to-destination {(version == IpVersion.V4 ? to.To : $"[{to.To}]")}:{port}",
            KernelAction.Redirect to => $"-j DNAT --to-destination {to.To}",
            KernelAction.Masquerade => "-j MASQUERADE",
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.Action, "No such action."),
        };
    }

    /// <summary>iptables sets a helper before connection tracking, where neither way out nor redirection is known yet.</summary>
    private static IEnumerable<(Place Place, string Line)> Helping(KernelRule rule, IpVersion version)
    {
        if (rule.Helper is not { } helper)
        {
            return [];
        }

        var match = rule.Match;
        var before = match with
        {
            Out = [],
            Destination = match.IsRedirected ? null : match.Destination,
            ToThisHost = match.IsRedirected,
            DestinationPorts = match.OriginalPorts.IsAny ? match.DestinationPorts : match.OriginalPorts,
            OriginalPorts = PortSet.Any,
            IsRedirected = false,
        };
        var place = rule.Place == Place.Output ? Place.HelpOwn : Place.HelpIncoming;
        var plain = rule with { Match = before, LogPrefix = null, Helper = null, Place = place, Action = new KernelAction.Accept() };
        return (Lines(plain, version) ?? []).Select(line => (place, $"{line[..^"-j ACCEPT".Length]}-j CT --helper {helper}"));
    }

    private static string[] Transport(KernelMatch match, IpVersion version) => match switch
    {
        { SamePort: true } => [.. IptablesPorts.Pairs(match.SourcePorts.Intersect(match.DestinationPorts)).Select(pair => $"{Protocol(match.Protocol, version)} {pair}")],
        { LooksAtPorts: true } => [.. IptablesPorts.Of(match, MultiportSlots).Select(ports => $"{Protocol(match.Protocol, version)} {ports}")],
        { IcmpType: { } type, Protocol: IpProtocol.Icmp } => [$"-p icmp -m icmp --icmp-type {type}"],
        { IcmpType: { } type, Protocol: IpProtocol.Icmp6 } => [$"-p ipv6-icmp -m icmp6 --icmpv6-type {type}"],
        _ => [Protocol(match.Protocol, version)],
    };

    // AH is an extension header of IPv6, which -p does not see.
    private static string Protocol(IpProtocol protocol, IpVersion version) => protocol switch
    {
        IpProtocol.Any => "",
        IpProtocol.Ah when version == IpVersion.V6 => "-m ah",
        IpProtocol.Icmp6 => "-p ipv6-icmp",
        IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.Icmp => $"-p {protocol.Word()}",
        _ => $"-p {(byte)protocol}",
    };

    private static IReadOnlyList<string> Interfaces(string option, IReadOnlyList<string> names) =>
        names.Count == 0 ? [""] : [.. names.Select(name => $"{option} {(name.EndsWith('*') ? $"{name[..^1]}+" : name)}")];

    private static IReadOnlyList<string> Addresses(string option, string range, AddressSet? set) => set is null
        ? [""]
        : [.. set.Ranges.Select(one => one.Networks().Take(2).ToList() is [var network]
            ? $"{option} {AddressSet.Text(network)}"
            : $"-m iprange --{range}-range {AddressRange.Address(one.Version, one.First)}-{AddressRange.Address(one.Version, one.Last)}")];
}

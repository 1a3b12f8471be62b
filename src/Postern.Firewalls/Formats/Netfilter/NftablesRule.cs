using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>One rule in nftables' words, in a table of family inet, ip or ip6.</summary>
internal static class NftablesRule
{
    /// <summary>nftables compares a field with constants only: each port of a "same port" rule is an element of a set.</summary>
    public const int MaxPairs = 1024;

    public static KernelText Write(KernelRule rule)
    {
        var match = rule.Match;
        var pairs = match.SourcePorts.Intersect(match.DestinationPorts);
        if (Loss(rule, pairs) is { } loss)
        {
            return KernelText.Lost(loss);
        }

        string?[] words =
        [
            Interfaces("iifname", match.In),
            Interfaces("oifname", match.Out),
            match.Version is { } version ? $"meta nfproto {(version == IpVersion.V4 ? "ipv4" : "ipv6")}" : null,
            Addresses("saddr", match.Source),
            Addresses("daddr", match.Destination),
            match.ToThisHost ? "fib daddr type local" : null,
            Interfaces("fib daddr oifname", match.RoutedTo),
            .. Transport(match, pairs),
            match.IsRedirected ? "ct status dnat" : null,
            match.OriginalPorts.IsAny ? null : $"ct original proto-dst {Ports(match.OriginalPorts)}",
        ];
        string?[] statements =
        [
            rule.LogPrefix is { } prefix ? $"log prefix \"{LogText.Of(prefix, LogText.Nftables)}\"" : null,
            rule.Helper is { } helper ? $"ct helper set \"{HelperName(helper, match.Protocol)}\"" : null,
        ];
        var lines = from action in Actions(rule.Action, match)
                    select string.Join(' ', [.. words.OfType<string>(), .. action.Condition, .. statements.OfType<string>(), action.Verdict]);
        return new([.. lines.Select(line => (rule.Place, $"{line} comment \"{RuleTag.Of(rule.RuleId)}\""))], null);
    }

    /// <summary>The object that a rule refers to.</summary>
    public static string HelperObject(string helper, IpProtocol protocol) =>
        $"ct helper {HelperName(helper, protocol)} {{\n        type \"{helper}\" protocol {protocol.Word()};\n    }}";

    private static string? Loss(KernelRule rule, PortSet pairs) => rule.Match switch
    {
        { SamePort: true } when pairs.Count > MaxPairs =>
            $"nftables cannot compare the source port with the destination port; over {pairs.Count} ports that takes too many pairs.",
        { Protocol: IpProtocol.Any, LooksAtPorts: false } when rule.Action is KernelAction.Redirect { Port: not null } =>
            "Only TCP, UDP and SCTP have a port to redirect to.",
        { Source: null, In.Count: 0 } when rule.Place == Place.Hairpin =>
            "To masquerade what goes back to where it came from, the zone needs an interface or addresses.",
        _ => null,
    };

    private static string HelperName(string helper, IpProtocol protocol) => $"postern-{helper}-{protocol.Word()}";

    private static IEnumerable<string> Transport(KernelMatch match, PortSet pairs)
    {
        var protocol = match.Protocol;
        if (!match.LooksAtPorts)
        {
            if (protocol is IpProtocol.Icmp or IpProtocol.Icmp6 && match.IcmpType is { } type)
            {
                yield return $"{(protocol == IpProtocol.Icmp ? "icmp" : "icmpv6")} type {type}";
            }
            else if (protocol != IpProtocol.Any)
            {
                // The extension header AH is none of the kernel's upper protocols: it looks through it.
                yield return protocol == IpProtocol.Ah && match.Version == IpVersion.V6 ? "ip6 nexthdr 51" : $"meta l4proto {(byte)protocol}";
            }

            yield break;
        }

        var header = protocol == IpProtocol.Any ? "th" : protocol.Word();
        if (protocol == IpProtocol.Any)
        {
            yield return "meta l4proto { tcp, udp, sctp, udplite }";
        }

        if (match.SamePort)
        {
            var elements = pairs.Ranges.SelectMany(range => Enumerable.Range(range.First, range.Count)).Select(port => $"{port} . {port}");
            yield return $"{header} sport . {header} dport {{ {string.Join(", ", elements)} }}";
            yield break;
        }

        if (!match.SourcePorts.IsAny)
        {
            yield return $"{header} sport {Ports(match.SourcePorts)}";
        }

        if (!match.DestinationPorts.IsAny)
        {
            yield return $"{header} dport {Ports(match.DestinationPorts)}";
        }
    }

    private static IEnumerable<(string[] Condition, string Verdict)> Actions(KernelAction action, KernelMatch match)
    {
        var family = match.Version == IpVersion.V6 ? "ip6" : "ip";
        return action switch
        {
            KernelAction.Accept => [([], "accept")],
            KernelAction.Drop => [([], "drop")],
            KernelAction.Leave => [([], "return")],
            KernelAction.Reject reject => match.Protocol switch
            {
                IpProtocol.Tcp => [([], "reject with tcp reset")],
                IpProtocol.Any => [(["meta l4proto tcp"], "reject with tcp reset"), ([], Unreachable(reject, match.Version))],
                _ => [([], Unreachable(reject, match.Version))],
            },
            KernelAction.Redirect { Port: { } port } to when match.LooksAtPorts || match.Protocol.HasPorts() =>
                [([], $"dnat {family} to {(family == "ip6" ? $"[{to.To}]" : to.To)}:{port}")],
            KernelAction.Redirect to => [([], $"dnat {family} to {to.To}")],
            KernelAction.Masquerade => [([], "masquerade")],
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "No such action."),
        };
    }

    private static string Unreachable(KernelAction.Reject reject, IpVersion? version)
    {
        var family = version switch { IpVersion.V4 => "icmp", IpVersion.V6 => "icmpv6", _ => "icmpx" };
        return $"reject with {family} type {(reject.IsAdministrative ? "admin-prohibited" : "port-unreachable")}";
    }

    private static string? Interfaces(string what, IReadOnlyList<string> names) => names.Count == 0 ? null : $"{what} {Set([.. names.Select(Interface)])}";

    // Shorewall and iptables write a trailing plus, nftables an asterisk.
    private static string Interface(string name) => $"\"{(name.EndsWith('+') ? $"{name[..^1]}*" : name)}\"";

    private static string? Addresses(string what, AddressSet? set) => set is null
        ? null
        : $"{(set.Ranges[0].Version == IpVersion.V4 ? "ip" : "ip6")} {what} {Set([.. set.Ranges.Select(Address)])}";

    private static string Address(AddressRange range) => range.Networks().Take(2).ToList() is [var only]
        ? AddressSet.Text(only)
        : $"{AddressRange.Address(range.Version, range.First)}-{AddressRange.Address(range.Version, range.Last)}";

    private static string Ports(PortSet set) => Set([.. set.Ranges.Select(range => range.ToString())]);

    private static string Set(IReadOnlyList<string> elements) => elements is [var only] ? only : $"{{ {string.Join(", ", elements)} }}";
}

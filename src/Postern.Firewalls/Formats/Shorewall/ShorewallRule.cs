using Postern.Firewalls.Formats.Netfilter;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Shorewall;

/// <summary>A rule as lines of Shorewall's file "rules", for one family.</summary>
internal sealed class ShorewallRule(Policy policy, IpVersion version, bool isWhole)
{
    /// <summary>More would be no rule that a person can read.</summary>
    private const int MaxLines = 512;

    /// <summary>XT_MULTI_PORTS; a range takes two.</summary>
    private const int PortSlots = 15;

    /// <summary>"any" to iptables' icmp match.</summary>
    private const byte EveryIcmpType = 255;

    private static readonly IpProtocol[] WithPorts = [IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.UdpLite];

    public RuleParts<ShorewallLine> Write(Rule rule)
    {
        if (KernelMatches.Of(rule.Match, Place.Forward, version) is not { } match)
        {
            return new([]);
        }

        if (Loss(rule, match) is { } loss)
        {
            return RuleParts<ShorewallLine>.Lost(loss);
        }

        var transports = Transports(match).Take(MaxLines + 1).ToList();
        return transports.Count > MaxLines
            ? RuleParts<ShorewallLine>.Lost($"It would take more than {MaxLines} lines: Shorewall takes {PortSlots} ports in each, and cannot compare source and destination port.")
            : new([.. transports.Select(transport => Line(rule, match, transport))]);
    }

    /// <summary>The zone that the host of a forwarding rule lives in; null where nobody can tell.</summary>
    public static Zone? Home(Policy policy, Rule rule) => rule.Verdict is not Verdict.Forward forward ? null
        : rule.Target ?? policy.Zones.Where(zone => !zone.Addresses.IsAnyOf(forward.Version)).FirstOrDefault(zone => zone.Addresses.Contains(forward.To));

    private string? Loss(Rule rule, KernelMatch match)
    {
        if (match is { IcmpType: EveryIcmpType })
        {
            return "To iptables ICMP type 255 means every type.";
        }

        if (match.Protocol == IpProtocol.Ah && version == IpVersion.V6)
        {
            return "To ip6tables AH is an extension header, which Shorewall6 has no word for.";
        }

        return rule.Verdict is Verdict.Forward forward ? ForwardLoss(rule, forward, match)
            : isWhole && rule.Verdict.LetsPass && rule.Match is { From: { IsSelf: false } from, To: { } to } && from.Is(to) && !policy.RouteBack.Any(from.Is)
                ? $"Hosts of {from.Name} reach each other through Shorewall only by routeback, which opens all between them."
                : null;
    }

    private string? ForwardLoss(Rule rule, Verdict.Forward forward, KernelMatch match)
    {
        var earlier = policy.Rules.TakeWhile(next => next != rule).FirstOrDefault(next => next.Verdict is not Verdict.Forward && Packets.Overlap(next.Match, rule.Match));
        return Home(policy, rule) switch
        {
            null => "Shorewall wants the zone of the host, and no zone names its address.",
            _ when earlier is not null => $"Shorewall forwards before it filters: it would forward what {earlier.Id} decides.",
            _ when rule.Match.To is not { IsSelf: true } => "Shorewall forwards what is sent to the firewall, not what passes through it.",
            _ when match.Protocol == IpProtocol.Any && forward.Port is not null => "Only TCP, UDP and SCTP have a port to forward to.",
            _ when rule.Match.From is null or { IsSelf: true } => "Shorewall wants the zone that the packets come from.",
            var home when rule.Match.From.Is(home) && rule.Match.From.Addresses.IsAnyOf(version) =>
                "What goes back to where it came from is given the firewall's source address; for that the zone needs addresses.",
            var home when isWhole && rule.Match.From.Is(home) && !policy.RouteBack.Any(home.Is) => $"It needs routeback in {home.Name}, which opens all between its hosts.",
            _ => null,
        };
    }

    private ShorewallLine Line(Rule rule, KernelMatch match, ShorewallTransport transport)
    {
        var helper = CtHelperObject.For(rule.Helper, rule.Match.Protocol, version);
        var fitting = helper == "sip" && match.Protocol == IpProtocol.Tcp ? null : helper; // Shorewall has it for UDP alone
        var source = End(rule.Match.From, match.Source);
        return rule.Verdict is Verdict.Forward forward
            ? new("DNAT", source, $"{Home(policy, rule)!.Name}:{Host(forward)}", transport, match.Destination is { } to ? Addresses(to) : "-", fitting)
            : new(Action(rule), source, End(rule.Match.To, match.Destination), transport, Helper: fitting);
    }

    private string Action(Rule rule)
    {
        var word = rule.Verdict switch
        {
            Verdict.Accept => "ACCEPT",
            Verdict.Drop => "DROP",
            Verdict.Reject { IsAdministrative: true } when rule.Match.Protocol is not (IpProtocol.Tcp or IpProtocol.Any) =>
                version == IpVersion.V4 ? "REJECT(icmp-admin-prohibited)" : "REJECT(icmp6-adm-prohibited)",
            _ => "REJECT",
        };
        return rule.LogPrefix is null ? word : $"{word}:info"; // the words before the line are Shorewall's own
    }

    private string Host(Verdict.Forward forward)
    {
        var host = version == IpVersion.V4 ? forward.To.ToString() : $"[{forward.To}]";
        return forward.Port is { } port ? $"{host}:{port}" : host;
    }

    /// <summary>What is in the zone anyhow need not be said.</summary>
    private string End(Zone? zone, AddressSet? addresses)
    {
        var name = zone is null ? "all+" : zone.IsSelf ? "$FW" : zone.Name;
        return addresses is null || (zone is not null && addresses.Equals(zone.Addresses.Of(version))) ? name : $"{name}:{Addresses(addresses)}";
    }

    private static string Addresses(AddressSet set) => string.Join(',', set.Ranges.Select(range =>
    {
        var network = range.Networks().Take(2).ToList() is [var only] ? AddressSet.Text(only) : null;
        var text = network ?? $"{AddressRange.Address(range.Version, range.First)}-{AddressRange.Address(range.Version, range.Last)}";
        return range.Version == IpVersion.V4 ? text : $"[{text.Replace("/", "]/", StringComparison.Ordinal)}{(text.Contains('/') ? "" : "]")}";
    }));

    private static IEnumerable<ShorewallTransport> Transports(KernelMatch match)
    {
        if (match.SamePort)
        {
            return from protocol in match.Protocol == IpProtocol.Any ? WithPorts : [match.Protocol]
                   from range in match.SourcePorts.Intersect(match.DestinationPorts).Ranges
                   from port in Enumerable.Range(range.First, range.Count)
                   select new ShorewallTransport(Protocol(protocol), $"{port}", $"{port}");
        }

        return from protocol in match is { Protocol: IpProtocol.Any, LooksAtPorts: true } ? WithPorts : [match.Protocol]
               from destination in match.IcmpType is { } type ? [$"{type}"] : Ports(match.DestinationPorts)
               from source in Ports(match.SourcePorts)
               select new ShorewallTransport(Protocol(protocol), destination, source);
    }

    private static List<string> Ports(PortSet ports) => ports.IsAny ? ["-"] : PortChunks.Of(ports, PortSlots, ":");

    private static string Protocol(IpProtocol protocol) => protocol switch
    {
        IpProtocol.Any => "-",
        IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.Icmp => protocol.Word(),
        IpProtocol.Icmp6 => "ipv6-icmp",
        _ => $"{(byte)protocol}",
    };
}

using System.Globalization;
using System.Text;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Topologies;
using Postern.Lab.Packets;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Kernel;

/// <summary>
/// Boxes as the kernel's own rules. It can be: a public network; a firewall of outgoing rules, by protocol, port and host, that
/// drops, resets or prohibits; a NAT that keeps the port and gives a random one on a clash, or always a random one of a range,
/// with one address, filtered by address and port, each remote endpoint forgotten for itself, refreshed by both directions,
/// early packets ignored or taking the port. Everything else needs the TUN router.
/// </summary>
public static class NftablesRendering
{
    private const double KernelStreamAfter = 2; // seconds: stream_ts in nf_conntrack_proto_udp.c

    /// <summary>What of this box the kernel cannot do; null where it can all of it.</summary>
    public static string? Beyond(BoxDescription box) => Beyond(box.Firewall) ?? (BoxCatalogue.Nat(box) is { } nat ? Beyond(nat) : null);

    /// <summary>The rules; interfaces are <c>lan</c> and <c>wan</c>.</summary>
    /// <param name="box">One for which <see cref="Beyond(BoxDescription)"/> is null.</param>
    /// <param name="outer">The router's IPv4 address outside.</param>
    /// <param name="addressOf">The addresses of a host by name.</param>
    public static string Render(BoxDescription box, IpAddress outer, Func<string, IReadOnlyList<IpAddress>> addressOf)
    {
        var nat = BoxCatalogue.Nat(box);
        if (nat is null && box.Firewall is null)
        {
            return "";
        }

        var rules = nat ?? new NatRules { Translates = false };
        return $$"""
            table inet box {
                chain forward {
                    type filter hook forward priority filter; policy drop;
                    ct state established,related accept
            {{Outgoing(box.Firewall, addressOf)}}
                }
                chain input {
                    type filter hook input priority filter; policy drop;
                    ct state established,related accept
                    iifname "lo" accept
                    iifname "lan" ip daddr != {{outer}} accept
                    meta l4proto ipv6-icmp accept
            {{Unsolicited(rules)}}
                }
            }
            {{Translation(rules, outer)}}
            """;
    }

    /// <summary>How long the kernel remembers, as sysctls.</summary>
    public static IEnumerable<string> Sysctls(BoxDescription box)
    {
        if (BoxCatalogue.Nat(box) is not { } nat)
        {
            return [];
        }

        var expiry = nat.Expiry;
        string[] transitory = ["syn_sent", "syn_recv", "fin_wait", "close_wait", "last_ack", "time_wait", "close"];
        return
        [
            Timeout("udp_timeout", expiry.UdpNew), Timeout("udp_timeout_stream", expiry.UdpStream), Timeout("icmp_timeout", expiry.Echo),
            Timeout("tcp_timeout_established", expiry.TcpEstablished), .. transitory.Select(state => Timeout($"tcp_timeout_{state}", expiry.TcpTransitory)),
        ];
    }

    private static string? Beyond(FirewallRules? firewall) => firewall is { Guards.Count: > 0 } ? "guards against port scans" : null;

    private static string? Beyond(NatRules nat) =>
        nat.Filtering != NatDependence.AddressAndPortDependent ? "filtering other than by address and port"
        : !(nat.Expiry.PerRemote && nat.Expiry.Refreshing == Refreshing.Both && nat.Expiry.AtMost == 0) ? "mappings that expire as a whole, or that one direction alone refreshes"
        : nat.Expiry.UdpStreamAfter != KernelStreamAfter && nat.Expiry.UdpStream != nat.Expiry.UdpNew ? "UDP that is a stream at another age than two seconds"
        : nat.Expiry is { TcpSynAgainRefreshes: true } or { TcpRefusalEnds: false } ? "TCP that a SYN again refreshes, or that a refusal does not end"
        : nat.Limits != new MappingLimits() ? "limits of mappings"
        : nat.EarlyInbound == EarlyInbound.ShutsOut ? "early packets that shut their sender out"
        : nat.EarlyInbound == EarlyInbound.TakesPort && nat.Unsolicited != RefusalAnswer.Reject ? "early packets that take a port in silence"
        : nat.Tcp != new TcpRules() ? "TCP rules other than its own"
        : nat.Translates ? BeyondTranslation(nat) : null;

    private static string? BeyondTranslation(NatRules nat) =>
        !nat.Overloads ? "ports that are not shared between remote endpoints"
        : nat.Addresses != 1 ? "several addresses"
        : nat.Hairpin != NatHairpin.No ? "turning packets round"
        : nat.KeepsParity ? "parity"
        : nat.CrossTraffic > 0 || nat.Ports.Taken > 0 ? "neighbours that are not there"
        : nat.Ports.Rule switch
        {
            PortRuleKind.Kept when nat.Mapping != NatDependence.EndpointIndependent => "a kept port with another mapping for each destination",
            PortRuleKind.Kept when nat.Ports.OnClash != ClashRule.Random => "another port than a random one on a clash",
            PortRuleKind.Kept => null,
            PortRuleKind.Random when nat.Mapping != NatDependence.AddressAndPortDependent => "a random port that stays the same towards all destinations",
            PortRuleKind.Random => null,
            var rule => $"the port rule '{rule.ToString().ToLowerInvariant()}'",
        };

    private static string Outgoing(FirewallRules? firewall, Func<string, IReadOnlyList<IpAddress>> addressOf)
    {
        if (firewall?.Outgoing is not { } rules)
        {
            return "        iifname \"lan\" accept";
        }

        var text = new StringBuilder();
        foreach (var rule in rules)
        {
            foreach (var destination in Destinations(rule, addressOf))
            {
                text.Append(CultureInfo.InvariantCulture, $"        iifname \"lan\" {Match(rule)}{destination} accept\n");
            }
        }

        return text.Append(firewall.Refusal switch
        {
            RefusalAnswer.Reject => "        iifname \"lan\" meta l4proto tcp reject with tcp reset\n        iifname \"lan\" reject with icmpx port-unreachable",
            RefusalAnswer.Prohibited => "        iifname \"lan\" reject with icmpx admin-prohibited",
            _ => "",
        }).ToString();
    }

    private static string Match(OutgoingRule rule)
    {
        var protocol = rule.Protocol switch { Transport.Udp => "meta l4proto udp", Transport.Tcp => "meta l4proto tcp", _ => "meta l4proto { icmp, ipv6-icmp }" };
        return rule.Ports.Count == 0 ? protocol : $"{protocol} th dport {{ {string.Join(", ", rule.Ports)} }}";
    }

    private static IEnumerable<string> Destinations(OutgoingRule rule, Func<string, IReadOnlyList<IpAddress>> addressOf) => rule.To.Count == 0
        ? [""]
        : rule.To.SelectMany(addressOf).Select(address => address.IsV4 ? $" ip daddr {address}" : $" ip6 daddr {address}");

    private static string Unsolicited(NatRules rules) => (rules.EarlyInbound, rules.Unsolicited) switch
    {
        (EarlyInbound.TakesPort, _) => "        accept",
        (_, RefusalAnswer.Reject) => "        meta l4proto tcp reject with tcp reset\n        reject with icmpx port-unreachable",
        (_, RefusalAnswer.Prohibited) => "        reject with icmpx admin-prohibited",
        _ => "",
    };

    private static string Translation(NatRules rules, IpAddress outer)
    {
        if (!rules.Translates)
        {
            return "";
        }

        var isRandom = rules.Ports.Rule == PortRuleKind.Random;
        var range = isRandom ? $":{rules.Ports.First}-{rules.Ports.Last} fully-random" : "";
        return $$"""
            table ip nat {
                chain postrouting {
                    type nat hook postrouting priority srcnat;
                    oifname "wan" meta l4proto { tcp, udp } snat to {{outer}}{{range}}
                    oifname "wan" snat to {{outer}}{{(isRandom ? " fully-random" : "")}}
                }
            }
            """;
    }

    private static string Timeout(string name, double seconds) => string.Create(CultureInfo.InvariantCulture, $"net.netfilter.nf_conntrack_{name}={Math.Ceiling(seconds):0}");
}

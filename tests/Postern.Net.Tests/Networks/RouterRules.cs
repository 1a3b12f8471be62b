namespace Postern.Net.Tests.Networks;

/// <summary>What a site's router does with packets; always stateful, for IPv4 and IPv6 alike. IPv6 is never translated.</summary>
/// <param name="Mapping">Of IPv4 sources.</param>
/// <param name="AcceptsInput">
/// Whether a packet from outside to the router itself is let in (and answered with "port unreachable"); its state then holds
/// the port against a mapping that comes later. False drops it without a word or a trace.
/// </param>
public sealed record RouterRules(Mapping Mapping = Mapping.PortPreserving, bool AcceptsInput = false)
{
    /// <summary>The rules as nftables reads them; the interfaces are <c>wan</c> and <c>lan</c>.</summary>
    public string Render() => $$"""
        table inet gate {
            chain forward {
                type filter hook forward priority filter; policy drop;
                ct state established,related accept
                iifname "lan" accept
            }
            chain input {
                type filter hook input priority filter; policy {{(AcceptsInput ? "accept" : "drop")}};
                ct state established,related accept
                iifname { "lo", "lan" } accept
                meta l4proto { icmp, ipv6-icmp } accept
            }
        }
        {{Translation()}}
        """;

    private string Translation() => Mapping == Mapping.None
        ? ""
        : $$"""
        table ip nat {
            chain postrouting {
                type nat hook postrouting priority srcnat;
                oifname "wan" masquerade{{(Mapping == Mapping.FullyRandom ? " fully-random" : "")}}
            }
        }
        """;
}

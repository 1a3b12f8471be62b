using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Loads a format's output into a bench as its header says, a fragment into standing chains that drop.</summary>
internal static class FirewallLoad
{
    /// <summary>What a fragment is put into: it lets pass what belongs to a flow, and drops the rest.</summary>
    public const string StandingNftables = """
        table inet filter {
            chain input {
                type filter hook input priority filter; policy drop;
                iifname "lo" accept
                ct state established,related accept
            }
            chain forward {
                type filter hook forward priority filter; policy drop;
                ct state established,related accept
            }
            chain output {
                type filter hook output priority filter; policy drop;
                oifname "lo" accept
                ct state established,related accept
            }
        }
        """;

    public const string StandingIptables = """
        *filter
        :INPUT DROP [0:0]
        :FORWARD DROP [0:0]
        :OUTPUT DROP [0:0]
        -A INPUT -i lo -j ACCEPT
        -A OUTPUT -o lo -j ACCEPT
        -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        -A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
        COMMIT

        """;

    public static FormatOutput Load(FirewallBench bench, IRuleFormat format, Policy policy, IpVersion version, bool isWhole)
    {
        var output = format.Write(policy, new() { IsWhole = isWhole, Versions = [version] });
        var text = output.Files.Single().Text;
        var restore = version == IpVersion.V4 ? "iptables-restore" : "ip6tables-restore";
        (string, string)[] commands = (format is NftablesFormat, isWhole) switch
        {
            (true, true) => [("nft -f -", text)],
            (true, false) => [("nft -f -", StandingNftables), ("nft -f -", text)],
            (false, true) => [(restore, text)],
            _ => [(restore, StandingIptables), ($"{restore} --noflush", text)],
        };
        bench.Load(commands);
        return output;
    }

    /// <summary>The policy without what the format left out.</summary>
    public static Policy Without(Policy policy, FormatOutput output)
    {
        var lost = output.Losses.Select(loss => loss.RuleId).ToHashSet();
        var opens = lost.Contains("default");
        return policy with
        {
            Rules = [.. policy.Rules.Where(rule => !lost.Contains(rule.Id))],
            Defaults = [.. policy.Defaults.Where(next => !opens || !next.Verdict.LetsPass)],
            RouteBack = opens ? [] : policy.RouteBack,
        };
    }
}

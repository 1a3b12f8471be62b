using System.Globalization;
using System.Text.RegularExpressions;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Sessions;

/// <summary>
/// The keeper of one computer refuses direct connections in its own OUTPUT chain, with the rules that
/// <c>postern rules postern --deny --at host</c> writes: the peer there respects it like its router's.
/// </summary>
[Trait("part", "net")]
public partial class OwnRefusalTests
{
    private const string Sentence = "Your firewall refuses direct connections (administratively prohibited)";

    [Theory]
    [InlineData("nftables", 4)]
    [InlineData("nftables", 6)]
    [InlineData("iptables", 4)]
    [InlineData("ip6tables", 6)]
    public void A_peer_whose_own_output_chain_refuses_stays_on_the_relay_and_why_says_it(string format, int family)
    {
        var network = new Network(ipv6: family == 6);
        var router = new RouterRules(family == 6 ? Mapping.FullyRandom : Mapping.PortPreserving); // then only IPv6 could be direct
        var (site, friend) = (network.AddSite(router), network.AddSite(router));
        using var peers = new TwoPeers(network, site.Client, friend.Client);
        Refuse(peers, site.Client, format, family);
        var (one, other) = family == 6 ? (site.Client.Address6, friend.Client.Address6) : (site.PublicAddress, friend.PublicAddress);
        var wire = network.Core.CountUdp(one, other);

        peers.Chat("Relayed");
        peers.Exchange(20, "refused");
        Thread.Sleep(5000);
        PosternHost.LastPath(peers.AliceChat).ShouldBe("Relayed");
        var before = Refused(site.Client, format);
        before.ShouldBeInRange(1, 4 * (family == 6 ? 2 : 1)); // those that had left before the first answer was read; over IPv6 each is sent twice
        Thread.Sleep(5000);
        Refused(site.Client, format).ShouldBe(before);
        wire.Read().Packets.ShouldBe(0);

        Why(peers).ShouldContain(Sentence);
    }

    /// <summary>What comes in is not refused, and what answers it belongs to a flow: only the peer itself can keep the direct way shut.</summary>
    [Fact]
    public void What_the_other_side_opens_is_not_taken_up_either()
    {
        var network = new Network();
        var (keeper, friend) = (network.AddPublicHost(), network.AddSite());
        using var peers = new TwoPeers(network, keeper, friend.Client);
        Refuse(peers, keeper, "nftables", 4);
        peers.Chat();
        Thread.Sleep(8000); // if a check of the other side was first, what it opened is shut by now, and the other side has noticed
        PosternHost.LastPath(peers.AliceChat).ShouldBe("Relayed", peers.Both());
        PosternHost.LastPath(peers.BobChat).ShouldBe("Relayed", peers.Both());
        var both = $"{{ {keeper.Address}, {friend.PublicAddress} }}";
        var wire = network.Core.CountUdp(both, both);
        peers.Exchange(20, "refused");
        wire.Read().Packets.ShouldBe(0);
        Why(peers).ShouldContain(Sentence);
    }

    /// <summary>To the sender it is the same error (EPERM), but nobody says that it is meant so.</summary>
    [Fact]
    public void To_drop_is_not_to_refuse()
    {
        var network = new Network();
        var (site, friend) = (network.AddSite(), network.AddSite());
        using var peers = new TwoPeers(network, site.Client, friend.Client);
        site.Client.ApplyRules($$"""
            table inet guard {
                chain output {
                    type filter hook output priority 5; policy accept;
                    ip daddr {{friend.Client.Address}} meta l4proto udp counter drop
                    ip daddr {{peers.Network.Server.Address}} udp dport > 4781 counter drop
                }
            }
            """);
        peers.Chat("Punched");
        peers.Exchange(20, "dropped");
        site.Client.Check("nft", "list", "ruleset").ShouldNotContain("packets 0 ");
        Why(peers).ShouldNotContain("refuses");
    }

    /// <summary>The negative of what the others count: who is not refused but only held back goes on trying.</summary>
    [Fact]
    public void Who_is_dropped_everywhere_is_relayed_and_tries_on()
    {
        var network = new Network();
        var (site, friend) = (network.AddSite(), network.AddSite());
        using var peers = new TwoPeers(network, site.Client, friend.Client);
        site.Client.ApplyRules("table inet filter {\n chain output {\n type filter hook output priority 5; policy drop;\n udp dport 4780-4781 accept\n ip protocol != udp accept\n counter drop comment \"rest\"\n }\n}");
        peers.Chat("Relayed");
        Thread.Sleep(5000);
        Count(site.Client.Check("nft", "list", "ruleset"), Dropped()).ShouldBeGreaterThan(8);
        Why(peers).ShouldNotContain("refuses");
    }

    private static string Why(TwoPeers peers)
    {
        peers.AliceChat.CloseInput();
        peers.BobChat.CloseInput();
        peers.AliceChat.WaitForExit(20);
        var why = peers.Alice.Run("why", "bob");
        why.ExitCode.ShouldBe(0, why.Errors);
        return why.Output;
    }

    /// <summary>The rules as they come out; those of nftables get a counter where they refuse UDP.</summary>
    private static void Refuse(TwoPeers peers, Host keeper, string format, int family)
    {
        keeper.ApplyRules("table inet filter {\n chain output {\n type filter hook output priority 5; policy accept;\n }\n}");
        var server = $"{peers.Network.Server.Address},{peers.Network.Server.SecondAddress}";
        string[] exceptions = family == 4 ? ["--except", $"4780-4781={server}"] : []; // the server is reached over IPv4
        var rules = keeper.RunPostern(["rules", "postern", "--deny", "--at", "host", .. exceptions, "--family", $"{family}", "--format", format]);
        rules.ExitCode.ShouldBe(0, rules.Errors);
        if (format == "nftables")
        {
            rules.Output.ShouldContain(" reject with icmp");
            keeper.ApplyRules(AdministrativeReject().Replace(rules.Output, "counter $0"));
        }
        else
        {
            var file = Path.Combine(peers.Network.Folder, "refusal.rules");
            File.WriteAllText(file, rules.Output);
            keeper.Check($"{format}-restore", "--noflush", file);
        }
    }

    /// <summary>How many datagrams the refusal has met.</summary>
    private static long Refused(Host keeper, string format) => format == "nftables"
        ? Count(keeper.Check("nft", "list", "ruleset"), RefusalOfNftables())
        : Count(keeper.Check(format, "-nvxL", "postern-postern_refusal-out"), RefusalOfIptables());

    private static long Count(string listing, Regex rule) =>
        rule.Matches(listing).Select(match => long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToList() is { Count: > 0 } counts
            ? counts.Sum()
            : throw new InvalidOperationException(listing);

    [GeneratedRegex(@"counter packets (\d+) bytes \d+ drop comment ""rest""")]
    private static partial Regex Dropped();

    [GeneratedRegex(@"reject with icmp\w* (type )?admin-prohibited")]
    private static partial Regex AdministrativeReject();

    [GeneratedRegex(@"counter packets (\d+) bytes \d+ reject with icmp\w* (?:type )?admin-prohibited")]
    private static partial Regex RefusalOfNftables();

    [GeneratedRegex(@"^ *(\d+) +\d+ REJECT .*reject-with icmp6?-adm", RegexOptions.Multiline)]
    private static partial Regex RefusalOfIptables();
}

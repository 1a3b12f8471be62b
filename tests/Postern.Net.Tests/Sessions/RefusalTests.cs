using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Sessions;

/// <summary>A keeper refuses direct connections with the rules that <c>postern rules postern --deny</c> writes, and a real peer respects it.</summary>
[Trait("part", "net")]
public class RefusalTests
{
    [Fact]
    public void A_peer_that_hears_its_routers_refusal_stays_on_the_relay_and_why_says_it()
    {
        var network = new Network();
        var site = network.AddSite();
        using var peers = new TwoPeers(network, site.Client, network.AddPublicHost());
        var keeper = site.Router;
        Refuse(peers, keeper);

        peers.Chat("Relayed");
        peers.Exchange(20, "refused");
        Thread.Sleep(5000);
        PosternHost.LastPath(peers.AliceChat).ShouldBe("Relayed");
        Refused(keeper).ShouldBeInRange(1, 4); // those that had left before the first answer came
        var before = Refused(keeper);
        Thread.Sleep(5000);
        Refused(keeper).ShouldBe(before);

        peers.AliceChat.CloseInput();
        peers.BobChat.CloseInput();
        peers.AliceChat.WaitForExit(20);
        var why = peers.Alice.Run("why", "bob");
        why.Output.ShouldContain("Your firewall refuses direct connections (administratively prohibited)", Case.Sensitive, why.Output);
    }

    [Fact]
    public void What_the_other_sides_firewall_says_to_strangers_is_no_refusal_of_ours()
    {
        var network = new Network();
        var friend = network.AddPublicHost();
        friend.ApplyRules("""
            table inet gate {
                chain input {
                    type filter hook input priority filter; policy accept;
                    ct state established,related accept
                    iifname "lo" accept
                    meta l4proto udp counter reject with icmpx type admin-prohibited
                }
            }
            """);
        using var peers = new TwoPeers(network, network.AddSite().Client, friend);
        peers.Chat("Host");
        peers.Exchange(20, "direct");
    }

    /// <summary>The rules as they come out, but with a counter in each that refuses UDP.</summary>
    private static void Refuse(TwoPeers peers, Host keeper)
    {
        keeper.ApplyRules("table inet filter {\n chain forward {\n type filter hook forward priority 5; policy accept;\n ct state established,related accept\n }\n}");
        var server = $"{peers.Network.Server.Address},{peers.Network.Server.SecondAddress}";
        var rules = keeper.RunPostern("rules", "postern", "--deny", "--except", $"4780-4781={server}", "--family", "4", "--format", "nftables", "--at", "router", "--zones", Zones(peers.Network));
        rules.ExitCode.ShouldBe(0, rules.Errors);
        rules.Output.ShouldContain("reject with icmp type admin-prohibited");
        keeper.ApplyRules(rules.Output.Replace("reject with icmp ", "counter reject with icmp ", StringComparison.Ordinal));
    }

    private static string Zones(Network network)
    {
        var path = Path.Combine(network.Folder, "zones.json");
        File.WriteAllText(path, """{ "at": "router", "zones": [ { "name": "net", "interfaces": ["wan"], "outside": true }, { "name": "loc", "interfaces": ["lan"], "nat": true } ] }""");
        return path;
    }

    private static long Refused(Host keeper) => keeper.Check("nft", "list", "ruleset").Split('\n')
        .Where(line => line.Contains("admin-prohibited", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.Split("counter packets ")[1].Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture));
}

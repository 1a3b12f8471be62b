using System.Diagnostics;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Sessions;

/// <summary>Which path two real peers take through real kernels.</summary>
[Trait("part", "net")]
public class PathTests
{
    /// <summary>Two or three validated paths are kept warm: besides the direct one at most two over the relay.</summary>
    private const int WarmPaths = 2;

    [Fact]
    public void Behind_two_NATs_that_keep_ports_a_thousand_messages_each_way_take_a_punched_hole_and_not_the_relay()
    {
        var network = new Network();
        var (one, other) = (network.AddSite(), network.AddSite());
        using var peers = new TwoPeers(network, one.Client, other.Client);
        using var atServer = network.Server.StartCapture();
        using var atOne = one.Router.StartCapture();
        using var atOther = other.Router.StartCapture();
        peers.Chat("Punched");
        Thread.Sleep(2000); // what was under way over the relay has arrived
        var toServer = new[] { one, other }.Select(site => network.Core.CountUdp(site.PublicAddress, network.Server.Address)).ToList();
        var toOther = network.Core.CountUdp(one.PublicAddress, other.PublicAddress);
        var (relayed, keptAlive, since) = (Relayed(peers), Relayed(peers, "checkPackets"), Stopwatch.StartNew());

        peers.Exchange(1000, "plain-text-to-look-for");

        (Relayed(peers) - relayed).ShouldBe(0);
        toServer.ShouldAllBe(counter => counter.Read().Packets < 20); // keep-alives

        // Of each warm path at most one request and its answer from each side in 10 s; each pair has one relayed end, or two.
        (Relayed(peers, "checkPackets") - keptAlive).ShouldBeLessThanOrEqualTo(WarmPaths * 2 * 2 * 2 * (1 + (long)(since.Elapsed.TotalSeconds / 10)));
        toOther.Read().Bytes.ShouldBeGreaterThan(1000 * 30);
        foreach (var capture in new[] { atServer, atOne, atOther })
        {
            capture.Stop();
            capture.Read().Length.ShouldBeGreaterThan(1000);
            capture.Contains("plain-text-to-look-for").ShouldBeFalse();
        }
    }

    [Fact]
    public void Behind_two_NATs_with_random_ports_everything_works_over_the_relay_and_why_names_both_causes()
    {
        using var peers = TwoPeers.Behind(new(Mapping.FullyRandom));
        peers.Chat("Relayed");
        peers.Exchange(100, "relayed");
        Thread.Sleep(8000); // each side has measured its NAT by then and told the other
        PosternHost.LastPath(peers.AliceChat).ShouldBe("Relayed");
        peers.AliceChat.CloseInput();
        peers.BobChat.CloseInput();
        peers.AliceChat.WaitForExit(20).ExitCode.ShouldBe(0);
        peers.BobChat.WaitForExit(20).ExitCode.ShouldBe(0);

        foreach (var why in new[] { peers.Alice.Run("why", "bob"), peers.Bob.Run("why", "alice") })
        {
            why.ExitCode.ShouldBe(0, why.Errors);
            why.Output.ShouldContain("On your side: Your router takes", Case.Sensitive, why.Output);
            why.Output.ShouldContain("On the other side: Their router takes");
            why.Output.ShouldContain("nat-dependent-mapping");
            why.Output.ShouldMatch(@"used +relay +99\.9 % .* the best path that works");
            why.Output.ShouldMatch(@"waiting +same network +0 % .* no answer yet|failed +same network +0 % .* nothing came back");
        }
    }

    [Fact]
    public void Behind_the_same_NAT_the_path_stays_inside()
    {
        var network = new Network();
        var site = network.AddSite(clients: 2);
        using var peers = new TwoPeers(network, site.Clients[0], site.Clients[1]);
        peers.Chat("Host");
        peers.Exchange(100, "inside");
    }

    [Theory]
    [InlineData(Mapping.PortPreserving)]
    [InlineData(Mapping.FullyRandom)]
    public void With_one_side_public_the_path_is_direct(Mapping mapping)
    {
        var network = new Network();
        using var peers = new TwoPeers(network, network.AddSite(new(mapping)).Client, network.AddPublicHost());
        peers.Chat("Host");
        peers.Exchange(100, "public");
    }

    [Fact]
    public void With_IPv6_on_both_sides_the_path_is_direct_even_where_IPv4_ports_are_random()
    {
        var network = new Network(ipv6: true);
        var rules = new RouterRules(Mapping.FullyRandom);
        using var peers = new TwoPeers(network, network.AddSite(rules).Client, network.AddSite(rules).Client);
        peers.Chat("Host");
        peers.Exchange(100, "ipv6");
    }

    [Fact]
    public void Routers_that_accept_input_are_not_poisoned_by_an_early_packet()
    {
        using var peers = TwoPeers.Behind(new(AcceptsInput: true));
        peers.Chat("Punched");
        peers.Exchange(100, "unpoisoned");
    }

    private static long Relayed(TwoPeers peers, string counter = "dataPackets")
    {
        var status = peers.Server.Run("status", "--json", "--server", peers.Network.Server.Address);
        status.ExitCode.ShouldBe(0, status.Errors);
        return System.Text.Json.JsonDocument.Parse(status.Output).RootElement.GetProperty("relay").GetProperty(counter).GetInt64();
    }
}

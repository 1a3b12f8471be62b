using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Simulator.Proxies;

/// <summary>Whole peers behind boxes that let out nothing but what goes to a proxy.</summary>
public class ProxyPeerTests
{
    [Theory]
    [InlineData("http-proxy-only", "linux")]
    [InlineData("linux", "http-proxy-only")]
    [InlineData("socks-only", "udp-blocked")]
    [InlineData("http-proxy-only", "socks-only")]
    [InlineData("socks-only", "socks-only")]
    public void A_call_goes_over_the_relay_and_nothing_of_it_past_the_proxy(string one, string other)
    {
        using var pair = Pair(one, other);
        var strayed = new List<Endpoint>();
        Home[] proxied = [.. WayOut.NamesProxy(BoxCatalogue.All[one]) ? [pair.One] : Array.Empty<Home>(), .. WayOut.NamesProxy(BoxCatalogue.All[other]) ? [pair.Other] : Array.Empty<Home>()];
        pair.World.Tap += sighting => Array.ForEach(proxied, home => Note(strayed, pair, home, sighting));
        pair.Connect().ShouldBeTrue();
        Talk(pair).ShouldBeTrue();
        var (here, there) = (pair.One.Peer.Calls[0], pair.Other.Peer.Calls[0]);
        (here.Path, there.Path).ShouldBe((PathKind.Relayed, PathKind.Relayed));
        here.Machine.Report().Steps.Any(step => step.What.Contains("The relay is reached over HTTPS")).ShouldBe(one != "linux");
        strayed.ShouldBeEmpty();
        pair.Proxy!.Program.Tunnels.ShouldBe(2 * proxied.Length); // the switchboard's, and the relay's
    }

    [Fact]
    public void A_world_whose_boxes_name_no_proxy_has_none()
    {
        using var pair = Pair("web-only", "linux");
        pair.Proxy.ShouldBeNull();
    }

    /// <summary>squid's own configuration connects to port 443 alone; Dante's has no such rule.</summary>
    [Fact]
    public void Where_the_server_stands_at_another_port_than_that_of_HTTPS_squid_refuses_and_Dante_does_not()
    {
        using var pair = Pair("http-proxy-only", "socks-only", options => options with { ServerPort = LabServer.UsualPort });
        pair.RunUntilReady(60).ShouldBeFalse();
        pair.One.Peer.IsLoggedIn.ShouldBeFalse();
        pair.One.Peer.Trouble.ShouldBe("The proxy answers CONNECT to 203.0.113.2:4780 with 403.");
        pair.Other.Peer.IsLoggedIn.ShouldBeTrue();
    }

    [Fact]
    public void Where_there_is_no_server_the_proxy_says_so_and_the_peer_goes_on_trying()
    {
        using var pair = Pair("socks-only", "linux", options => options with { ServerStartsAfter = TimeSpan.FromSeconds(20) });
        pair.World.Run(TimeSpan.FromSeconds(10));
        pair.One.Peer.Trouble.ShouldBe("The proxy does not connect to 203.0.113.2:443 (SOCKS5 reply 5).");
        pair.Connect().ShouldBeTrue();
    }

    [Theory]
    [InlineData("http-proxy-only", "linux", true)]
    [InlineData("http-proxy-only", "linux", false)]
    [InlineData("socks-only", "udp-blocked", true)]
    [InlineData("socks-only", "http-proxy-only", false)]
    public void A_proxy_that_dies_in_mid_call_and_comes_back_is_dialled_again_and_the_call_goes_on(string one, string other, bool isKilled)
    {
        using var pair = Pair(one, other);
        pair.Connect().ShouldBeTrue();
        Talk(pair).ShouldBeTrue();
        var (here, there) = (pair.One.Peer.Calls[0], pair.Other.Peer.Calls[0]);
        pair.Proxy!.Kill();
        pair.World.Internet.Blocked = isKilled ? null : header => header.Source.Address == pair.Proxy.Computer.Addresses[0] || header.Destination.Address == pair.Proxy.Computer.Addresses[0];
        pair.World.Run(TimeSpan.FromSeconds(5));
        pair.Proxy.Start();
        pair.World.Internet.Blocked = null;
        var channel = here.Open("again");
        here.Say(channel, "still here");
        pair.World.RunUntil(() => there.Messages.Any(message => message.Text == "still here"), TimeSpan.FromSeconds(60)).ShouldBeTrue();
        here.Machine.Report().Steps.ShouldContain(step => step.What.StartsWith("The way to the relay over HTTPS is closed"));
        here.Machine.Report().Steps.Count(step => step.What.StartsWith("The relay is reached over HTTPS")).ShouldBeGreaterThan(1);
        here.Ended.ShouldBeNull();
        pair.Other.Peer.Calls.ShouldHaveSingleItem().Ended.ShouldBeNull();
        pair.World.RunUntil(() => pair.One.Peer.IsLoggedIn && pair.Other.Peer.IsLoggedIn, TimeSpan.FromSeconds(60)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("http-proxy-only", LabServer.HttpsPort, true)]
    [InlineData("http-proxy-only", LabServer.UsualPort, false)]
    [InlineData("socks-only", LabServer.HttpsPort, true)]
    [InlineData("socks-only", LabServer.UsualPort, true)]
    [InlineData("web-only", LabServer.HttpsPort, true)]
    [InlineData("web-only", LabServer.UsualPort, false)]
    public void The_forecast_knows_whether_the_relay_is_reached_through_the_proxy(string box, ushort port, bool isReached)
    {
        var paths = PairForecast.Of(Options(box, "linux") with { ServerPort = port });
        var overHttps = paths.Where(path => path.Method == ForecastMethod.RelayOverTcp).ShouldHaveSingleItem();
        overHttps.Odds.ShouldBe(isReached ? 0.999 : 0);
        Forecast.OddsOfDirect(paths).ShouldBe(0);
        WayOut.ReachesServer(BoxCatalogue.All[box], port).ShouldBe(isReached);
    }

    /// <summary>Both ends of a proxy's port must be let through by every box of the row.</summary>
    [Theory]
    [InlineData("http-proxy-only", "linux", ProxyProtocol.Http, true)]
    [InlineData("socks-only", "carrier-over-home", ProxyProtocol.Socks5, true)]
    [InlineData("http-proxy-only", "web-only", null, false)]
    [InlineData("linux", "web-only", null, true)]
    public void In_a_row_all_boxes_decide_on_the_way_out(string home, string beyond, ProxyProtocol? proxy, bool isReached)
    {
        var row = new BoxDescription { Id = "row", Title = "", Summary = "", Row = [home, beyond], Sources = new Dictionary<string, string>() };
        WayOut.ProxyOf(row).ShouldBe(proxy);
        WayOut.ReachesServer(row, LabServer.HttpsPort).ShouldBe(isReached);
    }

    private static PairOptions Options(string one, string other) => new() { One = BoxCatalogue.All[one], Other = BoxCatalogue.All[other], ServerPort = LabServer.HttpsPort };

    private static PairWorld Pair(string one, string other, Func<PairOptions, PairOptions>? change = null) =>
        new(change?.Invoke(Options(one, other)) ?? Options(one, other), new SeededRandom(1));

    /// <summary>Says something on either side; whether both hear it.</summary>
    private static bool Talk(PairWorld pair)
    {
        var (here, there) = (pair.One.Peer.Calls[0], pair.Other.Peer.Calls[0]);
        here.Say(here.Open("chat"), "hello");
        there.Say(there.Open("chat"), "hello yourself");
        return pair.World.RunUntil(() => here.Messages.Count == 1 && there.Messages.Count == 1, TimeSpan.FromSeconds(10));
    }

    /// <summary>What a box has let out, but for what went to the proxy.</summary>
    private static void Note(List<Endpoint> strayed, PairWorld pair, Home home, Sighting sighting)
    {
        if (sighting.Place == home.Gateways[0].Name && sighting.Kind == SightingKind.Passed && home.Computer.Addresses.Contains(sighting.Packet.Header.Source.Address)
            && !pair.Proxy!.Computer.Addresses.Contains(sighting.Header.Destination.Address))
        {
            strayed.Add(sighting.Header.Destination);
        }
    }
}

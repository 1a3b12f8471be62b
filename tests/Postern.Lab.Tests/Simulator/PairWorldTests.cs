using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Simulator;

/// <summary>The whole peer and the whole server side, unchanged, in virtual time.</summary>
public class PairWorldTests
{
    [Theory]
    [InlineData("linux", "linux", PathKind.Punched)]
    [InlineData("full-cone", "random", PathKind.Punched)]
    [InlineData("public", "random", PathKind.Host)]
    [InlineData("linux", "random", PathKind.Relayed)]
    [InlineData("firewall-1", "firewall-1", PathKind.Predicted)]
    [InlineData("carrier-over-home", "linux", PathKind.Predicted)]
    [InlineData("carrier-easy-over-home", "offset-30000", PathKind.Punched)]
    public void Two_peers_log_in_measure_call_and_talk(string one, string other, PathKind path)
    {
        using var pair = Pair(one, other);
        pair.Connect().ShouldBeTrue();
        var (here, there) = (pair.One.Peer.Calls[0], pair.Other.Peer.Calls[0]);
        var channel = here.Open("chat");
        here.Say(channel, "hello");
        pair.World.RunUntil(() => there.Messages.Count == 1, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        there.Messages[0].Text.ShouldBe("hello");
        pair.World.Run(TimeSpan.FromSeconds(10));
        here.Path.ShouldBe(path);
        there.Path.ShouldBe(path);
    }

    [Fact]
    public void Neighbours_behind_one_router_meet_inside()
    {
        using var pair = Pair("linux", "linux", options => options with { ShareOutermost = true });
        pair.Connect().ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(5));
        pair.One.Peer.Calls[0].Path.ShouldBe(PathKind.Host);
    }

    [Fact]
    public void Ipv6_is_used_where_both_have_it()
    {
        using var pair = Pair("random", "random", options => options with { HasIpv6 = true });
        pair.Connect().ShouldBeTrue();
        pair.World.RunUntil(() => pair.One.Peer.Calls[0].Path is not (null or PathKind.Relayed), TimeSpan.FromSeconds(5)).ShouldBeTrue();
    }

    [Fact]
    public void Without_UDP_the_relay_is_reached_over_TCP_and_nothing_is_left_of_it()
    {
        using var pair = Pair("udp-blocked", "web-only", options => options with { ServerPort = LabServer.HttpsPort });
        pair.RunUntilReady().ShouldBeTrue();
        pair.One.Peer.Nat.ShouldHaveSingleItem().UdpBlocked.ShouldBeTrue();
        pair.Connect().ShouldBeTrue();
        var call = pair.One.Peer.Calls[0];
        call.Path.ShouldBe(PathKind.Relayed);
        pair.Server.Relay.Relay.Count.ShouldBe(2);
        call.Do((machine, now) => machine.Close(now));
        pair.World.RunUntil(() => call.Ended is not null, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(5));
        pair.Server.Relay.Relay.Count.ShouldBe(0);
    }

    [Fact]
    public void A_server_that_is_killed_and_started_again_disturbs_no_direct_session()
    {
        using var pair = Pair("linux", "linux");
        pair.Connect().ShouldBeTrue();
        pair.World.RunUntil(() => pair.One.Peer.Calls[0].Path == PathKind.Punched, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        var channel = pair.One.Peer.Calls[0].Open("chat");
        pair.Server.Kill();
        pair.World.Run(TimeSpan.FromSeconds(2));
        pair.One.Peer.Calls[0].Say(channel, "still here");
        pair.World.RunUntil(() => pair.Other.Peer.Calls[0].Messages.Count == 1, TimeSpan.FromSeconds(2)).ShouldBeTrue();
        pair.Server.Start();
        pair.World.RunUntil(() => pair.Server.Switchboard.Switchboard.Names == 2 && pair.One.Peer.IsLoggedIn && pair.Other.Peer.IsLoggedIn, TimeSpan.FromSeconds(60)).ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(60));
        pair.One.Peer.Calls[0].Path.ShouldBe(PathKind.Punched);
    }

    [Fact]
    public void After_a_router_has_started_again_the_peers_tell_each_other_of_the_new_port_and_are_direct_again()
    {
        using var pair = Pair("port-restricted", "port-restricted");
        pair.Connect().ShouldBeTrue();
        var (here, there) = (pair.One.Peer.Calls[0], pair.Other.Peer.Calls[0]);
        pair.World.RunUntil(() => here.IsDirect && there.IsDirect, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(10));
        ((Lab.Boxes.NatBox)pair.One.Gateways[0].Box).Forget(pair.World.Now);
        pair.World.RunUntil(() => !here.IsDirect, TimeSpan.FromSeconds(30)).ShouldBeTrue();
        pair.World.RunUntil(() => here.IsDirect && there.IsDirect, TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    private static PairWorld Pair(string one, string other, Func<PairOptions, PairOptions>? change = null)
    {
        var options = new PairOptions { One = BoxCatalogue.All[one], Other = BoxCatalogue.All[other] };
        return new(change?.Invoke(options) ?? options, new SeededRandom(1));
    }
}

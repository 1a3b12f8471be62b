using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Calls;

public class CallTests
{
    private static readonly TimeSpan Ta = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void Two_peers_behind_port_restricted_NATs_talk_through_a_punched_hole()
    {
        using var scene = PortRestricted(seed: 1);
        scene.Alice.Greeting = "hello";
        scene.Bob.Greeting = "hi";
        scene.Start();

        scene.RunUntilPath(PathKind.Punched).ShouldBeTrue();
        scene.World.RunUntil(() => scene.Alice.Messages.Count == 1 && scene.Bob.Messages.Count == 1, TimeSpan.FromSeconds(2)).ShouldBeTrue();
        scene.Bob.Messages[0].Text.ShouldBe("hello");
        scene.Alice.Messages[0].Text.ShouldBe("hi");
    }

    [Theory]
    [InlineData(40, 10)]
    [InlineData(100, 25)]
    [InlineData(20, 40)]
    public void Both_sides_have_a_direct_path_within_the_optimum_and_two_Ta(double signalling, double toCore)
    {
        using var scene = new CallScene(2, CallScene.PortRestricted, CallScene.PortRestricted, toCore, relayToCore: 10, signalling);
        scene.Start();
        scene.World.RunUntil(() => scene.Alice.DirectAt is not null && scene.Bob.DirectAt is not null, TimeSpan.FromSeconds(5)).ShouldBeTrue();

        var path = TimeSpan.FromMilliseconds(4 * toCore);
        var bound = TimeSpan.FromMilliseconds(signalling) + (1.5 * path) + (2 * Ta) + TimeSpan.FromMilliseconds(1);
        (scene.Alice.DirectAt!.Value - scene.OfferedAt).ShouldBeLessThanOrEqualTo(bound);
        (scene.Bob.DirectAt!.Value - scene.OfferedAt).ShouldBeLessThanOrEqualTo(bound);
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(30, 10)]
    [InlineData(10, 40)]
    public void Data_flows_over_the_relay_within_five_round_trips_of_the_answer(double toCore, double relayToCore)
    {
        using var scene = new CallScene(3, CallScene.Symmetric, CallScene.Symmetric, toCore, relayToCore);
        scene.Alice.Greeting = "hello";
        scene.Bob.Greeting = "hi";
        scene.Start();
        scene.World.RunUntil(() => scene.Alice.Messages.Count == 1 && scene.Bob.Messages.Count == 1, TimeSpan.FromSeconds(5)).ShouldBeTrue();

        var roundTrip = TimeSpan.FromMilliseconds(4 * (toCore + relayToCore));
        (scene.Bob.Messages[0].At - scene.AnsweredAt).ShouldBeLessThanOrEqualTo(5 * roundTrip);
        (scene.Alice.Messages[0].At - scene.AnsweredAt).ShouldBeLessThanOrEqualTo(5 * roundTrip);
        scene.Alice.Machine.Report().Path.ShouldBe(PathKind.Relayed);
    }

    [Theory]
    [InlineData(25, 100)]
    [InlineData(40, 200)]
    public void Data_flows_directly_within_four_round_trips_where_a_direct_path_validates_first(double toCore, double relayToCore)
    {
        using var scene = new CallScene(4, CallScene.PortRestricted, CallScene.PortRestricted, toCore, relayToCore);
        scene.Alice.Greeting = "hello";
        scene.Bob.Greeting = "hi";
        scene.Start();
        scene.World.RunUntil(() => scene.Alice.Messages.Count == 1 && scene.Bob.Messages.Count == 1, TimeSpan.FromSeconds(5)).ShouldBeTrue();

        var bound = 4 * TimeSpan.FromMilliseconds(4 * toCore);
        (scene.Bob.Messages[0].At - scene.AnsweredAt).ShouldBeLessThanOrEqualTo(bound);
        (scene.Alice.Messages[0].At - scene.AnsweredAt).ShouldBeLessThanOrEqualTo(bound);
    }

    [Fact]
    public void Between_Posterns_the_caller_begins_the_encryption_for_it_has_a_path_first()
    {
        using var scene = PortRestricted(seed: 13);
        scene.Start();
        scene.RunUntilPath(PathKind.Punched).ShouldBeTrue();
        scene.Bob.Events.Select(entry => entry.Event).OfType<CallEvent.SignalReady>().Select(signal => signal.Payload).OfType<SignalPayload.Described>().Single().Description
            .Setup.ShouldBe(DtlsSetup.Passive);
        scene.Alice.DirectAt!.Value.ShouldBeLessThan(scene.Bob.DirectAt!.Value);
    }

    [Fact]
    public void With_ten_percent_loss_everything_still_connects()
    {
        for (ulong seed = 1; seed <= 100; seed++)
        {
            using var scene = PortRestricted(seed);
            scene.Loss = 0.1;
            scene.Alice.Greeting = "hello";
            scene.Start();
            scene.World.RunUntil(() => scene.Bob.Messages.Count == 1, TimeSpan.FromSeconds(20)).ShouldBeTrue($"seed {seed}");
            scene.RunUntilPath(PathKind.Punched, 30).ShouldBeTrue($"seed {seed}");
        }
    }

    [Fact]
    public void Behind_two_NATs_that_take_a_port_for_each_destination_data_is_relayed()
    {
        using var scene = new CallScene(5, CallScene.Symmetric, CallScene.Symmetric);
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        scene.World.Run(TimeSpan.FromSeconds(20));
        scene.Alice.Machine.Report().Path.ShouldBe(PathKind.Relayed);
        scene.Bob.Machine.Report().Path.ShouldBe(PathKind.Relayed);
    }

    [Fact]
    public void A_public_peer_is_reached_straight()
    {
        using var scene = new CallScene(6, CallScene.Symmetric, null);
        scene.Start();
        scene.RunUntilPath(PathKind.Host).ShouldBeTrue();
    }

    [Theory]
    [InlineData(true, PathKind.Punched)]
    [InlineData(false, PathKind.Relayed)]
    public void An_early_packet_poisons_a_NAT_unless_it_dies_on_the_way(bool dies, PathKind path)
    {
        var linux = new Lab.Boxes.NatRules { Overloads = true, EarlyInbound = Lab.Boxes.EarlyInbound.TakesPort };
        using var scene = new CallScene(7, linux, linux, hops: dies ? 1 : 0);
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        scene.World.Run(TimeSpan.FromSeconds(20));
        (scene.Alice.Machine.Report().Path, scene.Bob.Machine.Report().Path).ShouldBe((path, path));
    }

    [Fact]
    public void When_the_direct_path_dies_data_goes_on_over_the_relay_and_later_back()
    {
        using var scene = PortRestricted(seed: 8);
        scene.Start();
        scene.RunUntilPath(PathKind.Punched).ShouldBeTrue();
        scene.World.Run(TimeSpan.FromSeconds(3));
        var channel = Open(scene.Alice);

        scene.World.Internet.Blocked = IsDirect;
        for (var i = 0; i < 100; i++)
        {
            var text = $"{i}";
            scene.World.At(TimeSpan.FromMilliseconds(50 * i), () => Send(scene.Alice, channel, text));
        }

        scene.World.RunUntil(() => scene.Bob.Messages.Count > 0, TimeSpan.FromSeconds(5)).ShouldBeTrue();
        scene.World.RunUntil(() => scene.Bob.Messages.Count == 100, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        scene.Bob.Messages.Select(message => message.Text).ShouldBe(Enumerable.Range(0, 100).Select(i => $"{i}"));
        scene.Alice.Machine.Report().Path.ShouldBe(PathKind.Relayed);

        scene.World.Internet.Blocked = null;
        scene.RunUntilPath(PathKind.Punched, 30).ShouldBeTrue();
    }

    [Fact]
    public void After_the_move_the_relay_carries_no_session_data_and_few_keep_alives()
    {
        using var scene = PortRestricted(seed: 9);
        scene.Start();
        scene.RunUntilPath(PathKind.Punched).ShouldBeTrue();
        scene.World.Run(TimeSpan.FromSeconds(5));
        var before = scene.Relay.Relay.Stats with { };
        var channel = Open(scene.Alice);
        for (var i = 0; i < 1000; i++)
        {
            var text = $"{i}";
            scene.World.At(TimeSpan.FromMilliseconds(60 * i), () => Send(scene.Alice, channel, text));
        }

        scene.World.Run(TimeSpan.FromSeconds(60));
        scene.Bob.Messages.Count.ShouldBe(1000);
        scene.Relay.Relay.Stats.ToPeers.DataPackets.ShouldBe(before.ToPeers.DataPackets);
        scene.Relay.Relay.Stats.ToClients.DataPackets.ShouldBe(before.ToClients.DataPackets);

        // The warm relayed pair: at most one request and its answer from each side in 10 s.
        (scene.Relay.Relay.Stats.ToPeers.CheckPackets - before.ToPeers.CheckPackets).ShouldBeInRange(1, 2 * 2 * (60 / 10));
    }

    [Fact]
    public void A_call_that_is_closed_delivers_what_was_sent_and_ends_on_both_sides()
    {
        using var scene = PortRestricted(seed: 10);
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        var channel = Open(scene.Alice);
        Send(scene.Alice, channel, "last words");
        scene.Alice.Do((call, now) => call.Close(now));
        scene.World.RunUntil(() => scene.Bob.Machine.State == CallState.Closed, TimeSpan.FromSeconds(3)).ShouldBeTrue();
        scene.Bob.Messages.ShouldHaveSingleItem().Text.ShouldBe("last words");
        scene.Alice.Machine.State.ShouldBe(CallState.Closed);
    }

    [Fact]
    public void No_datagram_of_a_call_is_larger_than_every_path_carries()
    {
        const int most = 1280 - 40 - 8; // RFC 8200 §5 less the headers of IPv6 and UDP
        using var scene = new CallScene(12, CallScene.Symmetric, CallScene.Symmetric);
        var largest = 0;
        scene.World.Tap = sighting => largest = Math.Max(largest, sighting.Packet.Payload.Length);
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        var channel = Open(scene.Alice);
        Send(scene.Alice, channel, new string('x', 200_000));
        scene.World.RunUntil(() => scene.Bob.Messages.Count == 1, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        largest.ShouldBeInRange(1100, most);
    }

    /// <summary>The goodbye crosses the relay before the allocation that carries it is given back.</summary>
    [Fact]
    public void Over_the_relay_and_without_signalling_the_other_side_learns_of_the_end_at_once()
    {
        using var scene = new CallScene(11, null, null, relayOnly: true);
        scene.Start();
        scene.RunUntilConnected().ShouldBeTrue();
        scene.World.Run(TimeSpan.FromSeconds(1));
        scene.Alice.Signal = null;
        scene.Alice.Do((call, now) => call.Close(now));
        scene.World.RunUntil(() => scene.Bob.Machine.State == CallState.Closed, TimeSpan.FromMilliseconds(200)).ShouldBeTrue();
        scene.Bob.Events.Select(entry => entry.Event).OfType<CallEvent.Ended>().ShouldHaveSingleItem().Failure.ShouldBe(CallFailure.None);
        scene.World.RunUntil(() => scene.Relay.Relay.Stats.Allocations == 0, TimeSpan.FromMilliseconds(200)).ShouldBeTrue();
    }

    private static CallScene PortRestricted(ulong seed) => new(seed, CallScene.PortRestricted, CallScene.PortRestricted);

    private static bool IsDirect(Lab.Packets.PacketHeader header) =>
        header.Source.Address != CallScene.RelayAddress && header.Destination.Address != CallScene.RelayAddress;

    private static DataChannel Open(PeerCall peer)
    {
        DataChannel? channel = null;
        peer.Do((call, now) => channel = call.OpenChannel("chat", new DataChannelOptions(), now));
        return channel!;
    }

    private static void Send(PeerCall peer, DataChannel channel, string text) =>
        peer.Do((call, now) => call.Send(channel, isText: true, System.Text.Encoding.UTF8.GetBytes(text), now).ShouldBe(SendResult.Accepted));
}

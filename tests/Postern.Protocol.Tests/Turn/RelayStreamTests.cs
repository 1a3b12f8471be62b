using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;

namespace Postern.Tests.Turn;

/// <summary>Clients that reach the relay over a stream, beside those that do over UDP.</summary>
public class RelayStreamTests
{
    private static readonly Endpoint StreamEnd = Relay.StreamEnd(RelayTown.Listening.Address);
    private static readonly byte[] Payload = [200, 1, 2, 3];

    private readonly RelayTown _town = new();

    [Fact]
    public void A_stream_allocates_permits_and_carries_data_both_ways()
    {
        var client = Streaming("30.0.0.9:7000");
        var relayed = client.Allocated();
        client.Permit(RelayTown.Peer.Address.ToString()).ShouldBe(0);
        client.Bind(0x4000, RelayTown.Peer).ShouldBe(0);
        var toPeer = client.SendOn(0x4000, Payload).ShouldHaveSingleItem();
        (toPeer.From, toPeer.To).ShouldBe((relayed, RelayTown.Peer));
        var toClient = _town.Receive(Payload, RelayTown.Peer, relayed).ShouldHaveSingleItem();
        (toClient.From, toClient.To).ShouldBe((StreamEnd, client.Endpoint));
        ChannelData.TryParse(toClient.Bytes, out var channel, out var data).ShouldBeTrue();
        channel.ShouldBe((ushort)0x4000);
        data.ToArray().ShouldBe(Payload);
    }

    [Fact]
    public void A_stream_and_a_socket_of_equal_numbers_are_two_clients()
    {
        var streaming = Streaming("30.0.0.9:7000");
        var usual = new RelayCaller(_town, "30.0.0.9:7000");
        streaming.Allocated().ShouldNotBe(usual.Allocated());
        _town.Relay.Count.ShouldBe(2);
        streaming.Refresh(0).ShouldBe(0);
        _town.Relay.Serves(streaming.Endpoint, StreamEnd).ShouldBeFalse();
        _town.Relay.Serves(usual.Endpoint, RelayTown.Listening).ShouldBeTrue();
    }

    [Fact]
    public void A_stream_from_our_own_relayed_or_listening_numbers_is_served()
    {
        var relayed = new RelayCaller(_town, "30.0.0.9:7000").Allocated();
        Streaming(relayed.ToString()).Allocated().ShouldNotBe(relayed);
        Streaming(RelayTown.Listening.ToString()).Allocated();
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Two_clients_meet_inside_the_relay_whichever_way_they_come(bool isFromStream, bool isToStream)
    {
        var (from, to) = (Client("30.0.0.9:7000", isFromStream), Client("31.0.0.9:7000", isToStream));
        var (a, b) = (from.Allocated(), to.Allocated());
        from.Bind(0x4001, b).ShouldBe(0);
        to.Permit(a.Address.ToString()).ShouldBe(0);
        var handed = from.SendOn(0x4001, Payload).ShouldHaveSingleItem();
        (handed.From, handed.To).ShouldBe((isToStream ? StreamEnd : RelayTown.Listening, to.Endpoint));
        handed.Xor(StunAttributeType.XorPeerAddress).ShouldBe(a);
        handed.Parse().TryGet(StunAttributeType.Data, out var data).ShouldBeTrue();
        data.ToArray().ShouldBe(Payload);
        _town.Relay.Stats.Hairpinned.ShouldBe(1);
    }

    [Fact]
    public void The_end_of_a_stream_ends_its_allocation_at_once_and_nobody_elses()
    {
        var streaming = Streaming("30.0.0.9:7000");
        var relayed = streaming.Allocated();
        var other = new RelayCaller(_town, "30.0.0.9:7000").Allocated();
        _town.Relay.EndStream(streaming.Endpoint, StreamEnd, _town.Now);
        _town.Drain();
        _town.Sockets.ShouldBe([other]);
        _town.Events.OfType<RelayEvent.Freed>().ShouldHaveSingleItem().ShouldBe(new RelayEvent.Freed(streaming.Endpoint, relayed, "alice", "", RelayFreedReason.StreamEnded) { Server = StreamEnd });
        _town.Relay.EndStream(streaming.Endpoint, StreamEnd, _town.Now); // a stream without one
        _town.Relay.Count.ShouldBe(1);
        Streaming("30.0.0.9:7000").Allocated();
    }

    [Fact]
    public void A_stranger_on_a_stream_is_challenged_beyond_the_budget_that_forged_sources_have()
    {
        var town = new RelayTown(options => options with { UnauthenticatedBytesPerSecond = 1, UnauthenticatedBurst = 1 });
        var request = new RelayCaller(town, "30.0.0.9:7000").Write(StunMethod.Refresh, null, sign: false);
        town.Receive(request, Endpoint.Parse("30.0.0.9:7000"), RelayTown.Listening).ShouldBeEmpty();
        town.Receive(request, Endpoint.Parse("30.0.0.9:7000"), StreamEnd).ShouldHaveSingleItem().Code.ShouldBe(401);
    }

    [Fact]
    public void A_client_sends_nothing_twice_over_a_stream_and_gives_up_after_39_and_a_half_seconds()
    {
        var pair = Pair();
        pair.Network = _ => null;
        pair.Allocate();
        pair.Wait(39.4);
        pair.Sent.ShouldHaveSingleItem();
        pair.Events.ShouldBeEmpty();
        pair.Wait(0.2);
        pair.Sent.ShouldHaveSingleItem();
        pair.Events.ShouldHaveSingleItem().ShouldBeOfType<TurnEvent.AllocationFailed>().Code.ShouldBe(0);
    }

    [Fact]
    public void A_client_keeps_a_stream_alive_with_refreshes_alone()
    {
        var pair = Pair(keepAlive: TimeSpan.Zero).Allocate();
        pair.Client.IsAllocated.ShouldBeTrue();
        pair.Sent.Clear();
        pair.Wait(3600);
        pair.Client.IsAllocated.ShouldBeTrue();
        pair.Sent.Select(datagram => datagram.Parse().Method).ShouldAllBe(method => method == StunMethod.Refresh);
        pair.Sent.Count.ShouldBe(16); // every 4 minutes, and once more since a nonce lasts less than an hour
    }

    private TurnPair Pair(TimeSpan? keepAlive = null) => new(
        _town, options => options with { Server = StreamEnd, KeepAlive = keepAlive ?? options.KeepAlive }, local: new(TurnPair.Local.Address, 0));

    private RelayCaller Client(string endpoint, bool isStream) => isStream ? Streaming(endpoint) : new(_town, endpoint);

    private RelayCaller Streaming(string endpoint) => new(_town, endpoint) { Listening = StreamEnd };
}

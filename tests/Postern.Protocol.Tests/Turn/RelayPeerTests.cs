using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Tests.Turn;

public class RelayPeerTests
{
    private static readonly Endpoint Peer = RelayTown.Peer;
    private readonly RelayTown _town = new();
    private readonly RelayCaller _alice;
    private readonly Endpoint _relayed;

    public RelayPeerTests()
    {
        _alice = new(_town, "30.0.0.1:4000");
        _relayed = _alice.Allocated();
    }

    [Fact]
    public void Data_from_a_peer_without_permission_is_dropped()
    {
        _town.Receive([1, 2, 3, 4], Peer, _relayed).ShouldBeEmpty();
        _alice.Send(Peer, 9, 9).ShouldBeEmpty();
        _town.Relay.Stats.Dropped.ShouldBe(2);
    }

    [Fact]
    public void A_permission_lets_indications_pass_both_ways_for_every_port_of_the_address()
    {
        _alice.Permit("40.0.0.1").ShouldBe(0);

        var sent = _alice.Send(Peer, 200, 1, 2, 3, 4).ShouldHaveSingleItem();
        sent.From.ShouldBe(_relayed);
        sent.To.ShouldBe(Peer);
        sent.Bytes.ShouldBe([200, 1, 2, 3, 4]);

        var other = Peer with { Port = 999 };
        var received = _town.Receive([201, 5], other, _relayed).ShouldHaveSingleItem();
        received.To.ShouldBe(_alice.Endpoint);
        received.From.ShouldBe(RelayTown.Listening);
        received.Parse().Method.ShouldBe(StunMethod.Data);
        received.Xor(StunAttributeType.XorPeerAddress).ShouldBe(other);
        received.Parse().TryGet(StunAttributeType.Data, out var data).ShouldBeTrue();
        data.ToArray().ShouldBe([201, 5]);
        _town.Receive([1], Endpoint.Parse("40.0.0.2:5000"), _relayed).ShouldBeEmpty();
    }

    [Fact]
    public void A_permission_ends_after_five_minutes_to_the_second()
    {
        _alice.Permit("40.0.0.1").ShouldBe(0);
        _town.Wait(299.9);
        _town.Receive([200], Peer, _relayed).Count.ShouldBe(1);
        _town.Wait(0.1);
        _town.Receive([200], Peer, _relayed).ShouldBeEmpty();
        _alice.Send(Peer, 200).ShouldBeEmpty();
    }

    [Fact]
    public void Several_peers_are_permitted_together_or_not_at_all()
    {
        _alice.Permit("40.0.0.1", "40.0.0.2", "10.0.0.1").ShouldBe(403);
        _alice.Send(Peer, 200).ShouldBeEmpty();
        _alice.Permit("40.0.0.1", "40.0.0.2").ShouldBe(0);
        _alice.Send(Peer, 200).Count.ShouldBe(1);
    }

    [Fact]
    public void A_request_without_peers_is_400_one_of_the_other_family_443_and_one_without_allocation_437()
    {
        _alice.Permit().ShouldBe(400);
        _alice.Permit("2600:40::1").ShouldBe(443);
        var bob = new RelayCaller(_town, "30.0.0.2:4000", "bob", "secret of bob");
        bob.Permit("40.0.0.1").ShouldBe(437);
        bob.Bind(0x4000, Peer).ShouldBe(437);
        bob.Send(Peer, 200).ShouldBeEmpty();
    }

    [Fact]
    public void A_channel_carries_data_both_ways_and_permits()
    {
        _alice.Bind(0x4001, Peer).ShouldBe(0);
        var sent = _alice.SendOn(0x4001, 200, 7).ShouldHaveSingleItem();
        sent.To.ShouldBe(Peer);
        sent.Bytes.ShouldBe([200, 7]);
        _town.Receive([201, 5, 6], Peer, _relayed).ShouldHaveSingleItem().Bytes.ShouldBe([0x40, 0x01, 0, 3, 201, 5, 6]);

        // another port of the same address has the permission but not the channel
        _town.Receive([201], Peer with { Port = 1 }, _relayed).ShouldHaveSingleItem().Parse().Method.ShouldBe(StunMethod.Data);
        _alice.SendOn(0x4002, 1).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(0x3FFF, 400)]
    [InlineData(0x4000, 0)]
    [InlineData(0x4FFF, 0)]
    [InlineData(0x5000, 400)]
    [InlineData(0x7FFF, 400)]
    [InlineData(0xFFFF, 400)]
    public void Channel_numbers_end_at_0x4FFF(int number, int code) => _alice.Bind(number, Peer).ShouldBe(code);

    [Fact]
    public void A_channel_keeps_its_peer_and_a_peer_its_channel()
    {
        var other = Peer with { Port = 6000 };
        _alice.Bind(0x4000, Peer).ShouldBe(0);
        _alice.Bind(0x4000, Peer).ShouldBe(0);
        _alice.Bind(0x4000, other).ShouldBe(400);
        _alice.Bind(0x4001, Peer).ShouldBe(400);
        _alice.Bind(0x4001, other).ShouldBe(0);
        _town.Wait(599);
        _alice.Refresh(600).ShouldBe(0);
        _town.Wait(1);
        _alice.Bind(0x4000, other).ShouldBe(0); // both bindings have run out
        _alice.Bind(0x4001, Peer).ShouldBe(0);
    }

    [Fact]
    public void A_channel_outlives_its_permission_but_carries_nothing_without()
    {
        _alice.Bind(0x4000, Peer).ShouldBe(0);
        _town.Wait(300);
        _alice.SendOn(0x4000, 200).ShouldBeEmpty();
        _town.Receive([200], Peer, _relayed).ShouldBeEmpty();
        _alice.Permit("40.0.0.1").ShouldBe(0);
        _alice.SendOn(0x4000, 200).Count.ShouldBe(1);
        _town.Receive([200], Peer, _relayed).ShouldHaveSingleItem().Bytes[0].ShouldBe((byte)0x40);
    }

    [Fact]
    public void Freeing_an_allocation_frees_its_channels()
    {
        _alice.Bind(0x4000, Peer).ShouldBe(0);
        _alice.Refresh(0).ShouldBe(0);
        _alice.SendOn(0x4000, 200).ShouldBeEmpty();
        _town.Receive([200], Peer, _relayed, isMine: false).ShouldBeEmpty();
        _alice.Allocated();
        _alice.SendOn(0x4000, 200).ShouldBeEmpty();
        _alice.Bind(0x4000, Peer with { Port = 1234 }).ShouldBe(0);
    }

    [Fact]
    public void Empty_datagrams_are_relayed_too()
    {
        _alice.Permit("40.0.0.1").ShouldBe(0);
        _alice.Send(Peer).ShouldHaveSingleItem().Bytes.ShouldBeEmpty();
        _town.Receive([], Peer, _relayed).Count.ShouldBe(1);
        _alice.Bind(0x4000, Peer).ShouldBe(0);
        _alice.SendOn(0x4000).ShouldHaveSingleItem().Bytes.ShouldBeEmpty();
        _town.Receive([], Peer, _relayed).ShouldHaveSingleItem().Bytes.ShouldBe([0x40, 0, 0, 0]);
    }

    [Fact]
    public void Data_that_claims_more_than_it_has_is_dropped_and_padding_ignored()
    {
        _alice.Bind(0x4000, Peer).ShouldBe(0);
        _town.Receive([0x40, 0, 0, 5, 1, 2, 3, 4], _alice.Endpoint, RelayTown.Listening).ShouldBeEmpty();
        _town.Receive([0x40, 0, 0, 1, 200, 0, 0, 0], _alice.Endpoint, RelayTown.Listening).ShouldHaveSingleItem().Bytes.ShouldBe([200]);
    }

    [Fact]
    public void An_indication_with_an_unknown_attribute_that_must_be_understood_is_dropped()
    {
        _alice.Permit("40.0.0.1").ShouldBe(0);
        _alice.Tell(StunMethod.Send, (ref StunWriter writer) =>
        {
            writer.AddXorAddress(StunAttributeType.XorPeerAddress, Peer);
            writer.Add(StunAttributeType.Data, [200]);
            writer.AddFlag(StunAttributeType.DontFragment);
        }).ShouldBeEmpty();
    }

    [Fact]
    public void Session_data_is_counted_apart_from_checks()
    {
        _alice.Bind(0x4000, Peer).ShouldBe(0);
        var check = new byte[20];
        _alice.SendOn(0x4000, check);
        _alice.SendOn(0x4000, 22, 254, 253);
        _town.Receive(check, Peer, _relayed);
        _town.Receive([23, 1], Peer, _relayed);
        _town.Receive([23, 1], Peer, _relayed);

        var stats = _town.Relay.Stats;
        (stats.ToPeers.CheckPackets, stats.ToPeers.CheckBytes, stats.ToPeers.DataPackets, stats.ToPeers.DataBytes).ShouldBe((1, 20, 1, 3));
        (stats.ToClients.CheckPackets, stats.ToClients.CheckBytes, stats.ToClients.DataPackets, stats.ToClients.DataBytes).ShouldBe((1, 20, 2, 4));
        stats.Dropped.ShouldBe(0);
    }
}

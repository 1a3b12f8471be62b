using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;

namespace Postern.Tests.Turn;

public class TurnAllocationTests
{
    private static readonly Endpoint Peer = RelayTown.Peer;

    [Fact]
    public void An_allocation_takes_two_round_trips_and_uses_the_strongest_credentials()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Sent.Count.ShouldBe(2);
        pair.Sent[1].Parse().HasMessageIntegritySha256.ShouldBeTrue();
        pair.Events.ShouldHaveSingleItem().ShouldBe(new TurnEvent.Allocated(pair.Client.Relayed, TurnPair.Local, TimeSpan.FromMinutes(10), Endpoint.None));
        pair.Client.IsAllocated.ShouldBeTrue();
        pair.Town.Relay.Count.ShouldBe(1);
    }

    [Fact]
    public void Lost_datagrams_are_repeated_until_the_allocation_stands()
    {
        var pair = new TurnPair(new());
        var number = 0;
        pair.Network = datagram => number++ is 0 or 2 or 4 ? null : datagram; // request, challenge, signed request
        pair.Allocate();
        pair.Wait(5);
        pair.Client.IsAllocated.ShouldBeTrue();
        pair.Town.Relay.Stats.Allocated.ShouldBe(1);
    }

    [Fact]
    public void A_lost_answer_does_not_cost_a_second_allocation()
    {
        var pair = new TurnPair(new());
        var successes = 0;
        pair.Network = datagram => datagram.From == RelayTown.Listening && datagram.Code == 0 && successes++ == 0 ? null : datagram;
        pair.Allocate();
        pair.Wait(1);
        pair.Client.IsAllocated.ShouldBeTrue();
        pair.Town.Relay.Stats.Allocated.ShouldBe(1);
    }

    [Fact]
    public void A_silent_server_is_given_up_after_39_and_a_half_seconds()
    {
        var pair = new TurnPair(new()) { Network = _ => null };
        pair.Allocate();
        pair.Wait(39.4);
        pair.Events.ShouldBeEmpty();
        pair.Wait(0.1);
        pair.Sent.Count.ShouldBe(7);
        pair.Events.ShouldHaveSingleItem().ShouldBeOfType<TurnEvent.AllocationFailed>().Code.ShouldBe(0);
        pair.Client.NextDeadline.ShouldBe(Instant.Never);
    }

    [Fact]
    public void Wrong_credentials_fail_after_two_requests_and_never_loop()
    {
        var pair = new TurnPair(new(), options => options with { Password = "wrong" }).Allocate();
        pair.Wait(60);
        pair.Sent.Count.ShouldBe(2);
        pair.Events.ShouldHaveSingleItem().ShouldBeOfType<TurnEvent.AllocationFailed>().Code.ShouldBe(401);
    }

    [Fact]
    public void An_hour_without_traffic_keeps_allocation_permission_and_channel()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Client.Permit(Peer.Address, pair.Town.Now);
        pair.Client.BindChannel(Peer, pair.Town.Now);
        pair.Pump();
        pair.Wait(3 * 3600); // nonces grow stale on the way
        pair.Send([200, 1], Peer).ShouldBeTrue(string.Join("\n", pair.Events));
        pair.ToPeers.ShouldHaveSingleItem().Bytes.ShouldBe([200, 1]);
        pair.FromPeer([201], Peer);
        pair.Received.ShouldHaveSingleItem().Peer.ShouldBe(Peer);
        pair.Town.Relay.Stats.Allocated.ShouldBe(1);
        pair.Town.Relay.Stats.Dropped.ShouldBe(0);
        pair.Events.Count.ShouldBe(3);
    }

    [Fact]
    public void A_quiet_allocation_keeps_the_nats_mapping_open_every_15_seconds()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Sent.Clear();
        pair.Wait(100);
        pair.Sent.Count.ShouldBe(6);
        pair.Sent.ShouldAllBe(datagram => datagram.Bytes[0] == 0 && datagram.Bytes[1] == 0x11); // Binding indication
    }

    [Fact]
    public void Permissions_named_beforehand_are_asked_for_in_one_request()
    {
        var pair = new TurnPair(new());
        foreach (var last in Enumerable.Range(1, 5))
        {
            pair.Client.Permit(IpAddress.Parse($"40.0.0.{last}"), pair.Town.Now).ShouldBeTrue();
        }

        pair.Allocate();
        pair.Sent.Count.ShouldBe(3);
        pair.Events.OfType<TurnEvent.PermissionGranted>().Count().ShouldBe(5);
    }

    [Fact]
    public void One_forbidden_peer_does_not_spoil_the_others()
    {
        var pair = new TurnPair(new());
        pair.Client.Permit(IpAddress.Parse("40.0.0.1"), pair.Town.Now);
        pair.Client.Permit(IpAddress.Parse("192.168.1.1"), pair.Town.Now);
        pair.Client.Permit(IpAddress.Parse("2600:40::1"), pair.Town.Now);
        pair.Allocate();
        pair.Events.OfType<TurnEvent.PermissionGranted>().ShouldBe([new(IpAddress.Parse("40.0.0.1"))]);
        pair.Events.OfType<TurnEvent.PermissionRefused>().ShouldBe([new(IpAddress.Parse("2600:40::1"), 443), new(IpAddress.Parse("192.168.1.1"), 403)], ignoreOrder: true);
    }

    [Fact]
    public void A_private_peer_is_asked_for_by_itself_so_that_the_others_are_granted_at_once()
    {
        var pair = new TurnPair(new());
        pair.Client.Permit(IpAddress.Parse("192.168.1.1"), pair.Town.Now);
        pair.Client.Permit(IpAddress.Parse("40.0.0.1"), pair.Town.Now);
        pair.Client.Permit(IpAddress.Parse("40.0.0.2"), pair.Town.Now);
        pair.Allocate();
        pair.Sent.Count.ShouldBe(4); // the challenge, the allocation, those two, and the one that is refused
        pair.Events.OfType<TurnEvent.PermissionGranted>().Count().ShouldBe(2);
        pair.Events.OfType<TurnEvent.PermissionRefused>().Count().ShouldBe(1);
    }

    [Fact]
    public void Data_follows_the_request_without_waiting_and_is_dropped_before_anybody_named_the_peer()
    {
        var pair = new TurnPair(new());
        pair.Send([200], Peer).ShouldBeFalse();
        pair.Allocate();
        pair.Send([200], Peer).ShouldBeFalse();
        pair.Network = datagram => datagram.From == RelayTown.Listening ? null : datagram; // no answer comes back
        pair.Client.Permit(Peer.Address, pair.Town.Now);
        pair.Pump();
        pair.Send([200], Peer).ShouldBeTrue();
        pair.ToPeers.ShouldHaveSingleItem().Bytes.ShouldBe([200]);
    }

    [Fact]
    public void A_channel_is_bound_by_the_first_data_but_not_by_checks()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Client.Permit(Peer.Address, pair.Town.Now);
        pair.Pump();
        pair.Send(new byte[20], Peer);
        pair.Events.OfType<TurnEvent.ChannelBound>().ShouldBeEmpty();
        pair.Send([22, 1, 2], Peer);
        pair.Events.OfType<TurnEvent.ChannelBound>().ShouldHaveSingleItem().Peer.ShouldBe(Peer);
        pair.Sent.Clear();
        pair.Send([23, 7], Peer);
        pair.Sent.ShouldHaveSingleItem().Bytes.ShouldBe([0x40, 0, 0, 2, 23, 7]);
        pair.ToPeers.Count.ShouldBe(3);
    }

    [Fact]
    public void Data_comes_back_by_indication_and_by_channel()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Client.Permit(Peer.Address, pair.Town.Now);
        pair.Pump();
        pair.FromPeer([200, 1], Peer);
        pair.Client.BindChannel(Peer, pair.Town.Now);
        pair.Pump();
        pair.FromPeer([200, 2], Peer);
        pair.Received.Select(item => item.Peer).ShouldAllBe(peer => peer == Peer);
        pair.Received.Select(item => item.Payload[1]).ShouldBe([(byte)1, (byte)2]);
    }

    [Fact]
    public void Datagrams_from_elsewhere_are_not_unwrapped()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Client.BindChannel(Peer, pair.Town.Now);
        pair.Pump();
        pair.Client.TryUnwrap([0x40, 0, 0, 1, 9], Peer, out _, out _).ShouldBeFalse();
        pair.Client.TryUnwrap([0x40, 9, 0, 1, 9], RelayTown.Listening, out _, out _).ShouldBeFalse();
        pair.Client.TryUnwrap([0x40, 0, 0, 1, 9], RelayTown.Listening, out var peer, out var payload).ShouldBeTrue();
        peer.ShouldBe(Peer);
        payload.ToArray().ShouldBe([9]);
    }

    [Fact]
    public void Release_frees_the_allocation_at_the_server()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Client.Release(pair.Town.Now);
        pair.Pump();
        pair.Town.Relay.Count.ShouldBe(0);
        pair.Events[^1].ShouldBe(new TurnEvent.Lost(TurnLoss.Released));
        pair.Client.NextDeadline.ShouldBe(Instant.Never);
        pair.Send([200], Peer).ShouldBeFalse();
    }

    [Fact]
    public void A_release_without_answer_ends_after_three_transmissions()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Network = _ => null;
        pair.Sent.Clear();
        pair.Client.Release(pair.Town.Now);
        pair.Pump();
        pair.Wait(10);
        pair.Sent.Count.ShouldBe(3);
        pair.Events[^1].ShouldBe(new TurnEvent.Lost(TurnLoss.Released));
    }

    [Fact]
    public void A_server_that_forgot_us_is_noticed_at_the_next_refresh()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Town.Relay.EndUser("alice", pair.Town.Now);
        pair.Client.Refresh(pair.Town.Now);
        pair.Pump();
        pair.Events[^1].ShouldBe(new TurnEvent.Lost(TurnLoss.Unknown));
    }

    [Fact]
    public void A_server_that_falls_silent_is_lost()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Network = _ => null;
        pair.Wait(240 + 40);
        pair.Events[^1].ShouldBe(new TurnEvent.Lost(TurnLoss.Timeout));
    }

    [Fact]
    public void An_allocation_of_a_former_life_on_the_same_socket_is_ended_and_replaced()
    {
        var town = new RelayTown();
        new TurnPair(town, seed: 1).Allocate();
        var second = new TurnPair(town, seed: 2).Allocate();
        second.Client.IsAllocated.ShouldBeTrue();
        town.Relay.Count.ShouldBe(1);
        town.Relay.Stats.Allocated.ShouldBe(2);
    }

    [Fact]
    public void A_quota_reached_is_reported_with_its_code()
    {
        var town = new RelayTown(options => options with { Quotas = new() { PerName = 1 } });
        new TurnPair(town).Allocate();
        var second = new TurnPair(town, local: Endpoint.Parse("30.0.0.9:7001")).Allocate();
        second.Events.ShouldHaveSingleItem().ShouldBe(new TurnEvent.AllocationFailed(486, "Allocation Quota Reached"));
    }

    [Fact]
    public void Both_families_are_asked_for_together()
    {
        var pair = new TurnPair(new(), options => options with { Family = TurnFamily.Both }).Allocate();
        pair.Client.Relayed.IsV4.ShouldBeTrue();
        pair.Client.AlsoRelayed.IsV4.ShouldBeFalse();
        pair.Client.Permit(IpAddress.Parse("2600:40::1"), pair.Town.Now);
        pair.Pump();
        pair.Send([200], Endpoint.Parse("[2600:40::1]:5")).ShouldBeTrue();
        pair.ToPeers.ShouldHaveSingleItem().From.ShouldBe(pair.Client.AlsoRelayed);
    }

    [Fact]
    public void An_ipv6_allocation_refuses_ipv4_peers_without_asking()
    {
        var pair = new TurnPair(new(), options => options with { Family = TurnFamily.V6 }).Allocate();
        pair.Client.Relayed.IsV4.ShouldBeFalse();
        pair.Sent.Clear();
        pair.Client.Permit(Peer.Address, pair.Town.Now);
        pair.Pump();
        pair.Sent.ShouldBeEmpty();
        pair.Events[^1].ShouldBe(new TurnEvent.PermissionRefused(Peer.Address, 443));
    }

    [Fact]
    public void A_300_leads_to_the_alternate_server_and_back_to_none_twice()
    {
        var pair = new TurnPair(new());
        var other = Endpoint.Parse("20.0.0.2:3478");
        List<Endpoint> asked = [];
        pair.Network = datagram =>
        {
            asked.Add(datagram.To);
            Answer(pair, datagram, StunErrorCode.TryAlternate, other);
            return null;
        };
        pair.Allocate();
        asked.ShouldBe([RelayTown.Listening, other]);
        pair.Client.Server.ShouldBe(other);
        pair.Events.ShouldHaveSingleItem().ShouldBeOfType<TurnEvent.AllocationFailed>().Code.ShouldBe(300);
    }

    [Fact]
    public void An_error_that_nobody_signed_is_not_believed_but_named_in_the_end()
    {
        var pair = new TurnPair(new());
        var forged = 0;
        pair.Network = datagram =>
        {
            if (!datagram.Parse().HasMessageIntegritySha256 || datagram.From == RelayTown.Listening)
            {
                return datagram;
            }

            forged++;
            Answer(pair, datagram, StunErrorCode.AllocationQuotaReached, null);
            return null;
        };
        pair.Allocate();
        pair.Events.ShouldBeEmpty();
        pair.Wait(40);
        forged.ShouldBe(7);
        pair.Events.ShouldHaveSingleItem().ShouldBe(new TurnEvent.AllocationFailed(486, "Allocation Quota Reached"));
    }

    [Fact]
    public void An_unsigned_success_is_as_if_it_had_never_come()
    {
        var pair = new TurnPair(new());
        pair.Network = datagram => datagram.From != RelayTown.Listening || datagram.Code != 0 ? datagram : Strip(datagram);
        pair.Allocate();
        pair.Client.IsAllocated.ShouldBeFalse();
        pair.Events.ShouldBeEmpty();
    }

    [Fact]
    public void A_challenge_from_which_the_algorithms_were_taken_is_ignored()
    {
        var pair = new TurnPair(new());
        pair.Network = datagram => datagram.From == RelayTown.Listening ? Without(datagram, StunAttributeType.PasswordAlgorithms) : datagram;
        pair.Allocate();
        pair.Sent.Count.ShouldBe(1);
        pair.Events.ShouldBeEmpty();
    }

    [Fact]
    public void Refused_peers_are_asked_for_again_only_when_named_again()
    {
        var pair = new TurnPair(new()).Allocate();
        pair.Client.Permit(IpAddress.Parse("10.0.0.1"), pair.Town.Now);
        pair.Pump();
        pair.Wait(1000);
        pair.Events.OfType<TurnEvent.PermissionRefused>().Count().ShouldBe(1);
        pair.Client.Permit(IpAddress.Parse("10.0.0.1"), pair.Town.Now);
        pair.Pump();
        pair.Events.OfType<TurnEvent.PermissionRefused>().Count().ShouldBe(2);
    }

    [Fact]
    public void No_more_than_256_peers_can_be_named()
    {
        var pair = new TurnPair(new()).Allocate();
        for (var i = 0; i < 256; i++)
        {
            pair.Client.Permit(new IpAddress(((UInt128)0xFFFF << 32) | (uint)(0x28000000 + i)), pair.Town.Now).ShouldBeTrue();
        }

        pair.Client.Permit(IpAddress.Parse("41.0.0.1"), pair.Town.Now).ShouldBeFalse();
        pair.Pump();
        pair.Events.OfType<TurnEvent.PermissionGranted>().Count().ShouldBe(256);
    }

    private static void Answer(TurnPair pair, Datagram request, int code, Endpoint? alternate)
    {
        var buffer = new byte[512];
        var writer = StunWriter.Respond(buffer, StunClass.Error, request.Parse());
        writer.AddErrorCode(code);
        if (alternate is { } server)
        {
            writer.AddAddress(StunAttributeType.AlternateServer, server);
        }

        pair.Client.HandleDatagram(buffer.AsSpan(0, writer.Length), request.To, request.From, pair.Town.Now).ShouldBeTrue();
    }

    private static Datagram Strip(Datagram datagram) => Without(datagram, StunAttributeType.Software);

    // The writer leaves out integrity attributes by itself: they are not among the fields.
    private static Datagram Without(Datagram datagram, StunAttributeType type)
    {
        var message = datagram.Parse();
        var buffer = new byte[1024];
        var writer = StunWriter.Respond(buffer, message.Class, message);
        foreach (var field in message.Fields)
        {
            if (field.Type != type)
            {
                writer.Add(field.Type, field.Value);
            }
        }

        return datagram with { Bytes = buffer[..writer.Length] };
    }
}

using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;

namespace Postern.Tests.Turn;

public class RelayHairpinTests
{
    [Fact]
    public void Two_clients_of_one_relay_reach_each_other_without_any_relayed_socket()
    {
        var (town, alice, bob, a, b) = Two();
        alice.Permit("20.0.0.1").ShouldBe(0);
        bob.Permit("20.0.0.1").ShouldBe(0);

        var received = alice.Send(b, 200, 1, 2).ShouldHaveSingleItem();
        received.From.ShouldBe(RelayTown.Listening);
        received.To.ShouldBe(bob.Endpoint);
        received.Xor(StunAttributeType.XorPeerAddress).ShouldBe(a);
        received.Parse().TryGet(StunAttributeType.Data, out var data).ShouldBeTrue();
        data.ToArray().ShouldBe([200, 1, 2]);
        town.Relay.Stats.Hairpinned.ShouldBe(1);
        town.Relay.Stats.ToPeers.DataPackets.ShouldBe(1);
        town.Relay.Stats.ToClients.DataPackets.ShouldBe(1);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Channels_and_indications_meet_in_every_combination(bool fromChannel, bool toChannel)
    {
        var (_, alice, bob, a, b) = Two();
        (fromChannel ? alice.Bind(0x4000, b) : alice.Permit("20.0.0.1")).ShouldBe(0);
        (toChannel ? bob.Bind(0x4abc, a) : bob.Permit("20.0.0.1")).ShouldBe(0);

        foreach (var length in (int[])[0, 1, 2, 3, 4, 5, 1200])
        {
            var payload = new byte[length];
            payload.AsSpan().Fill(200);
            var received = (fromChannel ? alice.SendOn(0x4000, payload) : alice.Send(b, payload)).ShouldHaveSingleItem();
            received.To.ShouldBe(bob.Endpoint);
            if (toChannel)
            {
                ChannelData.TryParse(received.Bytes, out var channel, out var data).ShouldBeTrue();
                channel.ShouldBe((ushort)0x4abc);
                data.SequenceEqual(payload).ShouldBeTrue();
            }
            else
            {
                received.Xor(StunAttributeType.XorPeerAddress).ShouldBe(a);
                received.Parse().TryGet(StunAttributeType.Data, out var data).ShouldBeTrue();
                data.SequenceEqual(payload).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public void Both_permissions_are_needed()
    {
        var (town, alice, bob, _, b) = Two();
        alice.Permit("20.0.0.1").ShouldBe(0);
        alice.Send(b, 200).ShouldBeEmpty();
        bob.Permit("20.0.0.1").ShouldBe(0);
        alice.Send(b, 200).Count.ShouldBe(1);
        town.Wait(300);
        alice.Permit("20.0.0.1").ShouldBe(0);
        alice.Send(b, 200).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("30.0.0.1:4000", "30.0.0.2:4000", "20.0.0.1", 1)]
    [InlineData("[2600:30::1]:4000", "[2600:30::2]:4000", "2600::1", 2)]
    public void A_payload_that_fits_a_channel_but_no_indication_is_dropped(string from, string to, string relay, byte family)
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, from);
        var bob = new RelayCaller(town, to, "bob", "secret of bob");
        Allocate(alice);
        var b = Allocate(bob);
        alice.Bind(0x4000, b).ShouldBe(0);
        bob.Permit(relay).ShouldBe(0);

        var overhead = family == 1 ? 12 + 4 : 24 + 4; // XOR-PEER-ADDRESS and the header of DATA within the 65,535 bytes of a STUN message
        var longest = (65535 - overhead) & ~3;
        Carried(longest).ShouldBe(1);
        Carried(longest + 1).ShouldBe(0);
        Carried(65535 - ChannelData.HeaderSize).ShouldBe(0);
        Carried(4).ShouldBe(1);

        Endpoint Allocate(RelayCaller caller)
        {
            var answer = caller.Allocate((ref StunWriter writer) => writer.AddUInt32(StunAttributeType.RequestedAddressFamily, (uint)family << 24));
            answer.Code.ShouldBe(0);
            return answer.Xor(StunAttributeType.XorRelayedAddress);
        }

        int Carried(int length)
        {
            var buffer = new byte[Relay.Headroom + ChannelData.HeaderSize + length + Relay.Tailroom];
            ChannelData.WriteHeader(buffer.AsSpan(Relay.Headroom), 0x4000, length);
            var verdict = town.Relay.RelayFromClient(buffer, ChannelData.HeaderSize + length, alice.Endpoint, alice.Listening, town.Now, out var forward);
            verdict.ShouldBe(forward.Payload.IsEmpty ? RelayVerdict.Dropped : RelayVerdict.Forward);
            return forward.Payload.IsEmpty ? 0 : 1;
        }
    }

    [Fact]
    public void A_relayed_endpoint_that_nobody_has_is_no_way_to_a_socket()
    {
        var (_, alice, _, _, b) = Two();
        alice.Permit("20.0.0.1").ShouldBe(0);
        alice.Send(b with { Port = (ushort)(b.Port ^ 1) }, 200).ShouldBeEmpty();
        alice.Send(b with { Port = 22 }, 200).ShouldBeEmpty();
        alice.Send(RelayTown.Listening, 200).ShouldBeEmpty();
        alice.Bind(0x4000, b with { Port = (ushort)(b.Port ^ 1) }).ShouldBe(403);
        alice.Bind(0x4000, RelayTown.Listening).ShouldBe(403);
    }

    [Fact]
    public void A_channel_to_an_allocation_that_ended_carries_nothing()
    {
        var (_, alice, bob, _, b) = Two();
        alice.Bind(0x4000, b).ShouldBe(0);
        bob.Permit("20.0.0.1").ShouldBe(0);
        alice.SendOn(0x4000, 200).Count.ShouldBe(1);
        bob.Refresh(0).ShouldBe(0);
        alice.SendOn(0x4000, 200).ShouldBeEmpty();
        alice.Bind(0x4000, b).ShouldBe(403);
    }

    [Fact]
    public void A_freed_port_rests_for_two_minutes()
    {
        var town = new RelayTown(options => options with { FirstPort = 50000, LastPort = 50009 });
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        HashSet<Endpoint> seen = [];
        for (var i = 0; i < 5; i++)
        {
            seen.Add(alice.Allocated()).ShouldBeTrue();
            alice.Refresh(0).ShouldBe(0);
        }
    }

    [Fact]
    public void A_session_can_be_kept_to_itself()
    {
        var town = new RelayTown(options => options with { Sessions = new() { PeersWithinSessionOnly = true } });
        var alice = Guest(town, "30.0.0.1:4000", "s1", "alice");
        var bob = Guest(town, "30.0.0.2:4000", "s1", "bob");
        var eve = Guest(town, "30.0.0.3:4000", "s2", "eve");
        alice.Allocated();
        var b = bob.Allocated();
        var e = eve.Allocated();

        alice.Permit("40.0.0.1").ShouldBe(403);
        alice.Permit("20.0.0.1").ShouldBe(0);
        bob.Permit("20.0.0.1").ShouldBe(0);
        eve.Permit("20.0.0.1").ShouldBe(0);
        alice.Send(b, 200).ShouldHaveSingleItem().To.ShouldBe(bob.Endpoint);
        alice.Send(e, 200).ShouldBeEmpty();
        alice.Bind(0x4000, e).ShouldBe(403);
        eve.Send(b, 200).ShouldBeEmpty();
    }

    internal static RelayCaller Guest(RelayTown town, string endpoint, string session, string name, long expiresAt = RelayTown.Epoch + 3600)
    {
        var minted = Protocol.Stun.Credentials.TurnRestCredential.Mint(RelayTown.Secret, session, name, expiresAt);
        return new(town, endpoint, minted.Username, minted.Password);
    }

    private static (RelayTown Town, RelayCaller Alice, RelayCaller Bob, Endpoint A, Endpoint B) Two()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        var bob = new RelayCaller(town, "30.0.0.2:4000", "bob", "secret of bob");
        return (town, alice, bob, alice.Allocated(), bob.Allocated());
    }
}

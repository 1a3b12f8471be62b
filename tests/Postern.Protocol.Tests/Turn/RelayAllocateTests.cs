using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

public class RelayAllocateTests
{
    [Fact]
    public void An_allocation_answers_with_relayed_and_mapped_address_and_lifetime()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        var answer = alice.Allocate();

        answer.Code.ShouldBe(0);
        answer.From.ShouldBe(RelayTown.Listening);
        answer.To.ShouldBe(alice.Endpoint);
        answer.Xor(StunAttributeType.XorMappedAddress).ShouldBe(alice.Endpoint);
        answer.Number(StunAttributeType.Lifetime).ShouldBe(600u);
        var relayed = answer.Xor(StunAttributeType.XorRelayedAddress);
        relayed.Address.ShouldBe(RelayTown.Listening.Address);
        relayed.Port.ShouldBeGreaterThanOrEqualTo((ushort)49152);
        alice.Credential.Verify(answer.Parse()).ShouldBeTrue();
        town.Sockets.ShouldBe([relayed]);
        town.Events.ShouldBe([new RelayEvent.OpenSocket(relayed), new RelayEvent.Allocated(alice.Endpoint, relayed, "alice", "")]);
    }

    [Fact]
    public void A_repeated_allocate_gets_the_same_answer_and_another_one_437()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        var id = TransactionId.Draw(new SeededRandom(5));
        var first = alice.Ask(StunMethod.Allocate, Transport, id);
        var second = alice.Ask(StunMethod.Allocate, Transport, id);

        second.Xor(StunAttributeType.XorRelayedAddress).ShouldBe(first.Xor(StunAttributeType.XorRelayedAddress));
        alice.Allocate().Code.ShouldBe(437);
        town.Relay.Count.ShouldBe(1);
        town.Relay.Stats.Allocated.ShouldBe(1);
    }

    [Fact]
    public void The_answer_waits_for_the_socket_and_another_port_is_tried_where_one_is_held()
    {
        var town = new RelayTown();
        var tries = 0;
        town.IsHeld = _ => ++tries < 4;
        var answer = new RelayCaller(town, "30.0.0.1:4000").Allocate();

        answer.Code.ShouldBe(0);
        tries.ShouldBe(4);
        town.Sockets.ShouldBe([answer.Xor(StunAttributeType.XorRelayedAddress)]);
    }

    [Fact]
    public void Ports_towards_which_others_begin_nothing_are_given_out_only_when_there_are_no_others()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var town = new RelayTown(options => options with { FirstPort = 54318, LastPort = 54323 }, seed); // portsentry has traps at 54320 and 54321
            var ports = Enumerable.Range(1, 6).Select(i => new RelayCaller(town, $"30.0.0.{i}:4000").Allocated().Port).ToArray();
            ports[..4].Order().ShouldBe([(ushort)54318, (ushort)54319, (ushort)54322, (ushort)54323]);
            ports[4..].Order().ShouldBe([(ushort)54320, (ushort)54321]);
        }
    }

    [Fact]
    public void Neither_of_a_pair_of_ports_is_such_a_one()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var town = new RelayTown(options => options with { FirstPort = 37444, LastPort = 37447 }, seed);
            var answer = new RelayCaller(town, "30.0.0.1:4000").Allocate((ref StunWriter writer) => writer.Add(StunAttributeType.EvenPort, [0x80]));
            answer.Xor(StunAttributeType.XorRelayedAddress).Port.ShouldBe((ushort)37446);
        }
    }

    [Fact]
    public void A_pair_that_is_tried_again_on_the_same_ports_has_both_its_sockets()
    {
        var tried = 0;
        var town = new RelayTown(options => options with { FirstPort = 50000, LastPort = 50001 }) { IsHeld = endpoint => endpoint.Port == 50000 && tried++ == 0 };
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        alice.Allocate((ref StunWriter writer) => writer.Add(StunAttributeType.EvenPort, [0x80])).Code.ShouldBe(0);
        tried.ShouldBe(2);
        town.Sockets.Count.ShouldBe(2);
        town.Events.OfType<RelayEvent.OpenSocket>().Count().ShouldBe(3); // the neighbour was not opened in vain
    }

    [Fact]
    public void Ten_held_ports_give_508_and_leave_nothing_behind()
    {
        var town = new RelayTown { IsHeld = _ => true };
        new RelayCaller(town, "30.0.0.1:4000").Allocate().Code.ShouldBe(508);
        town.Events.OfType<RelayEvent.OpenSocket>().Count().ShouldBe(10);
        town.Events.OfType<RelayEvent.Freed>().ShouldBeEmpty();
        town.Relay.Count.ShouldBe(0);
        town.IsHeld = _ => false;
        new RelayCaller(town, "30.0.0.1:4000").Allocate().Code.ShouldBe(0);
    }

    [Fact]
    public void A_socket_that_opens_too_late_is_closed_again()
    {
        var town = new RelayTown();
        town.Relay.SocketOpened(Endpoint.Parse("20.0.0.1:50000"), town.Now);
        town.Relay.TryTakeEvent(out var happened).ShouldBeTrue();
        happened.ShouldBe(new RelayEvent.CloseSocket(Endpoint.Parse("20.0.0.1:50000")));
    }

    [Theory]
    [InlineData(6, 442)]
    [InlineData(17, 0)]
    public void Only_udp_is_relayed(byte protocol, int code)
    {
        var alice = new RelayCaller(new(), "30.0.0.1:4000");
        alice.Ask(StunMethod.Allocate, (ref StunWriter writer) => writer.AddUInt32(StunAttributeType.RequestedTransport, (uint)protocol << 24)).Code.ShouldBe(code);
    }

    [Fact]
    public void An_allocate_without_transport_is_400() =>
        new RelayCaller(new(), "30.0.0.1:4000").Ask(StunMethod.Allocate).Code.ShouldBe(400);

    [Fact]
    public void Dont_fragment_is_answered_420_and_named()
    {
        var alice = new RelayCaller(new(), "30.0.0.1:4000");
        var answer = alice.Allocate((ref StunWriter writer) => writer.AddFlag(StunAttributeType.DontFragment));
        answer.Code.ShouldBe(420);
        answer.Parse().TryGet(StunAttributeType.UnknownAttributes, out var named).ShouldBeTrue();
        named.ToArray().ShouldBe([0x00, 0x1A]);
        alice.Allocate().Code.ShouldBe(0);
    }

    [Theory]
    [InlineData(0, 600)]
    [InlineData(60, 600)]
    [InlineData(900, 900)]
    [InlineData(86400, 3600)]
    public void The_lifetime_lies_between_the_default_and_the_maximum(uint asked, uint given)
    {
        var alice = new RelayCaller(new(), "30.0.0.1:4000");
        alice.Allocate((ref StunWriter writer) => writer.AddUInt32(StunAttributeType.Lifetime, asked)).Number(StunAttributeType.Lifetime).ShouldBe(given);
    }

    [Theory]
    [InlineData(1, "20.0.0.1")]
    [InlineData(2, "2600::1")]
    public void A_family_that_is_asked_for_is_given(byte family, string address)
    {
        var alice = new RelayCaller(new(), "30.0.0.1:4000");
        var answer = alice.Allocate((ref StunWriter writer) => writer.AddUInt32(StunAttributeType.RequestedAddressFamily, (uint)family << 24));
        answer.Xor(StunAttributeType.XorRelayedAddress).Address.ShouldBe(IpAddress.Parse(address));
    }

    [Fact]
    public void A_family_that_the_relay_lacks_is_440()
    {
        var town = new RelayTown(options => options with { RelayV6 = null });
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        alice.Allocate((ref StunWriter writer) => writer.AddUInt32(StunAttributeType.RequestedAddressFamily, 2u << 24)).Code.ShouldBe(440);
        alice.Allocate((ref StunWriter writer) => writer.AddUInt32(StunAttributeType.RequestedAddressFamily, 9u << 24)).Code.ShouldBe(440);
    }

    [Fact]
    public void Both_families_come_under_one_allocation()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        var answer = alice.Allocate((ref StunWriter writer) => writer.AddUInt32(StunAttributeType.AdditionalAddressFamily, 2u << 24));
        answer.Code.ShouldBe(0);
        town.Sockets.Count.ShouldBe(2);
        alice.Permit("40.0.0.1", "2600:40::1").ShouldBe(0);

        alice.Ask(StunMethod.Refresh, (ref StunWriter writer) =>
        {
            writer.AddUInt32(StunAttributeType.Lifetime, 0);
            writer.AddUInt32(StunAttributeType.RequestedAddressFamily, 2u << 24);
        }).Code.ShouldBe(0);
        town.Sockets.ShouldHaveSingleItem().IsV4.ShouldBeTrue();
        alice.Permit("2600:40::1").ShouldBe(443);
        alice.Refresh(0).ShouldBe(0);
        town.Sockets.ShouldBeEmpty();
    }

    [Fact]
    public void An_additional_family_that_cannot_be_had_is_named_in_the_answer()
    {
        var town = new RelayTown(options => options with { RelayV6 = null });
        var answer = new RelayCaller(town, "30.0.0.1:4000").Allocate((ref StunWriter writer) => writer.AddUInt32(StunAttributeType.AdditionalAddressFamily, 2u << 24));
        answer.Code.ShouldBe(0);
        answer.Parse().TryGet(StunAttributeType.AddressErrorCode, out var value).ShouldBeTrue();
        value.ToArray().ShouldBe([2, 0, 4, 40]);
    }

    [Fact]
    public void Contradictory_wishes_are_400()
    {
        var alice = new RelayCaller(new(), "30.0.0.1:4000");
        alice.Allocate((ref StunWriter writer) =>
        {
            writer.Add(StunAttributeType.EvenPort, [0]);
            writer.AddUInt64(StunAttributeType.ReservationToken, 1);
        }).Code.ShouldBe(400);
        alice.Allocate((ref StunWriter writer) =>
        {
            writer.AddUInt32(StunAttributeType.RequestedAddressFamily, 1u << 24);
            writer.AddUInt32(StunAttributeType.AdditionalAddressFamily, 2u << 24);
        }).Code.ShouldBe(400);
        alice.Allocate((ref StunWriter writer) => writer.AddUInt32(StunAttributeType.AdditionalAddressFamily, 1u << 24)).Code.ShouldBe(400);
        alice.Allocate((ref StunWriter writer) => writer.Add(StunAttributeType.EvenPort, [0, 0])).Code.ShouldBe(400);
    }

    [Fact]
    public void An_allocation_that_is_not_refreshed_expires()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        var relayed = alice.Allocated();
        town.Wait(599);
        town.Relay.Count.ShouldBe(1);
        town.Wait(1);
        town.Relay.Count.ShouldBe(0);
        town.Sockets.ShouldBeEmpty();
        town.Events[^2..].ShouldBe([new RelayEvent.CloseSocket(relayed), new RelayEvent.Freed(alice.Endpoint, relayed, "alice", "", RelayFreedReason.Expired) { Server = RelayTown.Listening }]);
        town.Relay.NextDeadline.ShouldBe(Instant.Never);
    }

    [Fact]
    public void A_refresh_renews_shortens_or_ends()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        alice.Allocated();
        alice.Refresh(3600).ShouldBe(0);
        town.Wait(1000);
        town.Relay.Count.ShouldBe(1);
        alice.Refresh(600).ShouldBe(0);
        town.Wait(600);
        town.Relay.Count.ShouldBe(0);
        alice.Refresh(600).ShouldBe(437);

        alice.Allocated();
        alice.Refresh(0).ShouldBe(0);
        town.Relay.Count.ShouldBe(0);
        alice.Refresh(0).ShouldBe(437);
    }

    [Fact]
    public void Another_users_request_on_the_same_five_tuple_is_441_and_its_allocate_437()
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        alice.Allocated();
        alice.Become("bob", "secret of bob");
        alice.Refresh(600).ShouldBe(441);
        alice.Allocate().Code.ShouldBe(437);
        alice.Permit("40.0.0.1").ShouldBe(441);
        alice.Bind(0x4000, RelayTown.Peer).ShouldBe(441);
    }

    private static void Transport(ref StunWriter writer) => writer.AddUInt32(StunAttributeType.RequestedTransport, 17u << 24);
}

using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;
using Postern.Tests.Kit;

namespace Postern.Tests.Turn;

[Collection(nameof(Alone))]
public class RelayQuotaTests
{
    [Fact]
    public void A_name_has_its_share_over_all_its_addresses_and_credentials()
    {
        var town = new RelayTown(options => options with { Quotas = new() { PerName = 2 } });
        Guest(town, 1, "s1", "ann").Allocate().Code.ShouldBe(0);
        Guest(town, 2, "s2", "ann").Allocate().Code.ShouldBe(0);
        var third = Guest(town, 3, "s3", "ann");
        third.Allocate().Code.ShouldBe(486);
        Guest(town, 4, "s4", "ben").Allocate().Code.ShouldBe(0);
        town.Wait(600);
        third.Allocate().Code.ShouldBe(0);
    }

    [Fact]
    public void A_session_has_its_share_over_all_its_names()
    {
        var town = new RelayTown(options => options with { Quotas = new() { PerSession = 2 } });
        Guest(town, 1, "s1", "ann").Allocate().Code.ShouldBe(0);
        Guest(town, 2, "s1", "ben").Allocate().Code.ShouldBe(0);
        Guest(town, 3, "s1", "cat").Allocate().Code.ShouldBe(486);
        Guest(town, 3, "s2", "cat").Allocate().Code.ShouldBe(0);
    }

    [Fact]
    public void A_client_address_has_its_share_and_of_ipv6_a_64()
    {
        var town = new RelayTown(options => options with { Quotas = new() { PerClientAddress = 1 } });
        RelayHairpinTests.Guest(town, "30.0.0.1:1", "a", "a").Allocate().Code.ShouldBe(0);
        RelayHairpinTests.Guest(town, "30.0.0.1:2", "b", "b").Allocate().Code.ShouldBe(486);
        RelayHairpinTests.Guest(town, "[2600:9::1]:1", "c", "c").Allocate().Code.ShouldBe(0);
        RelayHairpinTests.Guest(town, "[2600:9::2]:1", "d", "d").Allocate().Code.ShouldBe(486);
        RelayHairpinTests.Guest(town, "[2600:9:0:1::1]:1", "e", "e").Allocate().Code.ShouldBe(0);
    }

    [Fact]
    public void All_together_have_the_servers_capacity_and_it_comes_back()
    {
        var town = new RelayTown(options => options with { Quotas = new() { Total = 3 } });
        var callers = Enumerable.Range(1, 4).Select(i => Guest(town, i, $"s{i}", $"n{i}")).ToArray();
        callers[..3].ShouldAllBe(caller => caller.Allocate(null).Code == 0);
        callers[3].Allocate().Code.ShouldBe(508);
        callers[0].Refresh(0).ShouldBe(0);
        callers[3].Allocate().Code.ShouldBe(0);
    }

    [Fact]
    public void Every_port_taken_is_508_until_one_is_free()
    {
        var town = new RelayTown(options => options with { FirstPort = 50000, LastPort = 50003 });
        var callers = Enumerable.Range(1, 5).Select(i => Guest(town, i, $"s{i}", $"n{i}")).ToArray();
        callers[..4].Select(caller => caller.Allocated().Port).Order().ShouldBe([(ushort)50000, (ushort)50001, (ushort)50002, (ushort)50003]);
        callers[4].Allocate().Code.ShouldBe(508);
        callers[2].Refresh(0).ShouldBe(0);
        callers[4].Allocate().Code.ShouldBe(0);
    }

    [Fact]
    public void Two_families_count_twice_and_so_does_a_reserved_port()
    {
        var town = new RelayTown(options => options with { Quotas = new() { PerName = 2 } });
        var ann = Guest(town, 1, "s", "ann");
        ann.Allocate((ref StunWriter writer) => writer.AddUInt32(StunAttributeType.AdditionalAddressFamily, 2u << 24)).Code.ShouldBe(0);
        Guest(town, 2, "s", "ann").Allocate().Code.ShouldBe(486);

        var ben = Guest(town, 3, "s", "ben");
        ben.Allocate((ref StunWriter writer) => writer.Add(StunAttributeType.EvenPort, [0x80])).Code.ShouldBe(0);
        Guest(town, 4, "s", "ben").Allocate().Code.ShouldBe(486);
        town.Wait(30); // the reservation has run out
        Guest(town, 4, "s", "ben").Allocate().Code.ShouldBe(0);
    }

    [Fact]
    public void The_1025th_permission_is_508_and_a_refresh_is_not()
    {
        var (town, alice) = Alice();
        for (var i = 0; i < 1024; i += 16)
        {
            alice.Permit([.. Enumerable.Range(i, 16).Select(n => $"40.0.{n / 256}.{n % 256}")]).ShouldBe(0);
        }

        alice.Permit("40.9.9.9").ShouldBe(508);
        alice.Bind(0x4000, Endpoint.Parse("40.9.9.9:1")).ShouldBe(508);
        alice.Permit("40.0.0.1", "40.0.3.255").ShouldBe(0);
        alice.Bind(0x4000, Endpoint.Parse("40.0.0.1:5000")).ShouldBe(0);
        town.Wait(300);
        alice.Permit("40.9.9.9").ShouldBe(0);
    }

    [Fact]
    public void The_257th_channel_is_508()
    {
        var (_, alice) = Alice();
        for (var i = 0; i < 256; i++)
        {
            alice.Bind(0x4000 + i, Endpoint.Parse($"40.0.0.1:{2000 + i}")).ShouldBe(0);
        }

        alice.Bind(0x4100, Endpoint.Parse("40.0.0.1:9999")).ShouldBe(508);
        alice.Bind(0x4000, Endpoint.Parse("40.0.0.1:2000")).ShouldBe(0);
    }

    [Fact]
    public void An_even_port_reserves_its_neighbour_for_the_same_user()
    {
        var (town, alice) = Alice(allocate: false);
        var answer = alice.Allocate((ref StunWriter writer) => writer.Add(StunAttributeType.EvenPort, [0x80]));
        var even = answer.Xor(StunAttributeType.XorRelayedAddress);
        (even.Port % 2).ShouldBe(0);
        answer.Parse().TryGetUInt64(StunAttributeType.ReservationToken, out var token).ShouldBeTrue();
        town.Sockets.Count.ShouldBe(2);

        new RelayCaller(town, "30.0.0.2:1", "bob", "secret of bob").Allocate(Token).Code.ShouldBe(508);
        var again = new RelayCaller(town, "30.0.0.1:4001").Allocate(Token);
        again.Code.ShouldBe(0);
        again.Xor(StunAttributeType.XorRelayedAddress).ShouldBe(even with { Port = (ushort)(even.Port + 1) });
        new RelayCaller(town, "30.0.0.1:4002").Allocate(Token).Code.ShouldBe(508);
        town.Sockets.Count.ShouldBe(2);
        town.Wait(600);
        town.Sockets.ShouldBeEmpty();

        void Token(ref StunWriter writer) => writer.AddUInt64(StunAttributeType.ReservationToken, token);
    }

    [Fact]
    public void An_even_port_is_even_in_a_range_that_begins_with_an_odd_one()
    {
        for (var seed = 1UL; seed <= 20; seed++)
        {
            var town = new RelayTown(options => options with { FirstPort = 50001, LastPort = 50004 }, seed);
            var answer = new RelayCaller(town, "30.0.0.1:4000").Allocate((ref StunWriter writer) => writer.Add(StunAttributeType.EvenPort, [0]));
            (answer.Xor(StunAttributeType.XorRelayedAddress).Port % 2).ShouldBe(0);
        }
    }

    [Fact]
    public void A_reservation_that_nobody_takes_ends_after_30_seconds_and_leaks_nothing()
    {
        var town = new RelayTown(options => options with { FirstPort = 50000, LastPort = 50007 });
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        for (var round = 0; round < 50; round++)
        {
            var r = round;
            alice.Allocate((ref StunWriter writer) => writer.Add(StunAttributeType.EvenPort, [(byte)(r % 2 == 0 ? 0x80 : 0)])).Code.ShouldBe(0);
            alice.Refresh(0).ShouldBe(0);
            town.Wait(31);
            town.Sockets.ShouldBeEmpty();
        }

        town.Wait(600); // what was freed early still stands in the heap
        town.Relay.NextDeadline.ShouldBe(Instant.Never);
    }

    [Fact]
    public void A_pair_is_found_even_where_one_neighbour_is_held()
    {
        var held = 0;
        var town = new RelayTown { IsHeld = relayed => relayed.Port % 2 == 1 && held++ < 3 };
        var answer = new RelayCaller(town, "30.0.0.1:4000").Allocate((ref StunWriter writer) => writer.Add(StunAttributeType.EvenPort, [0x80]));
        answer.Code.ShouldBe(0);
        held.ShouldBe(4);
        town.Sockets.Count.ShouldBe(2);
        town.Relay.Count.ShouldBe(1);
    }

    [Fact]
    public void Twenty_thousand_allocations_in_a_row_do_not_grow_the_relay()
    {
        var (town, alice) = Alice(allocate: false);
        Churn(20_000); // every port rests by now
        var before = GC.GetTotalMemory(forceFullCollection: true);
        Churn(20_000);
        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(1 << 20);
        town.Relay.Count.ShouldBe(0);

        void Churn(int count)
        {
            for (var i = 0; i < count; i++)
            {
                alice.Allocate().Code.ShouldBe(0);
                alice.Bind(0x4000, RelayTown.Peer).ShouldBe(0);
                alice.Refresh(0).ShouldBe(0);
                town.Events.Clear();
            }
        }
    }

    private static RelayCaller Guest(RelayTown town, int host, string session, string name) =>
        RelayHairpinTests.Guest(town, $"30.0.{host}.1:4000", session, name);

    private static (RelayTown Town, RelayCaller Alice) Alice(bool allocate = true)
    {
        var town = new RelayTown();
        var alice = new RelayCaller(town, "30.0.0.1:4000");
        if (allocate)
        {
            alice.Allocated();
        }

        return (town, alice);
    }
}

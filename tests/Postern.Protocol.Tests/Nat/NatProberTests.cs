using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Nat;

public class NatProberTests
{
    private static readonly NatDependence[] Behaviours =
        [NatDependence.EndpointIndependent, NatDependence.AddressDependent, NatDependence.AddressAndPortDependent];

    private static readonly NatBoxOptions[] Rules =
    [
        new() { Ports = PortRuleKind.Kept },
        new() { Ports = PortRuleKind.Offset, Delta = 1000 },
        new() { Ports = PortRuleKind.Offset, Delta = -21 },
        new() { Ports = PortRuleKind.Step, Delta = 1 },
        new() { Ports = PortRuleKind.Step, Delta = 2 },
        new() { Ports = PortRuleKind.Step, Delta = -1 },
        new() { Ports = PortRuleKind.Step, Delta = -4 },
        new() { Ports = PortRuleKind.Block, BlockStart = 4096, BlockSize = 512 },
        new() { Ports = PortRuleKind.Block, BlockStart = 20480, BlockSize = 2048 },
        new() { Ports = PortRuleKind.Random },
    ];

    public static TheoryData<int, double> AllRulesAndLosses => [.. Rules.SelectMany((_, i) => new[] { (i, 0.0), (i, 0.1) })];

    [Theory]
    [MemberData(nameof(AllRulesAndLosses))]
    public void The_report_equals_the_box_for_every_mapping_filtering_hairpin_and_port_rule(int rule, double loss)
    {
        var longest = 0.0;
        for (ulong seed = 1; seed <= (loss == 0 ? 2u : 4u); seed++)
        {
            foreach (var (mapping, filtering, hairpin) in Combinations())
            {
                var box = Rules[rule] with { Mapping = mapping, Filtering = filtering, Hairpin = hairpin };
                var world = new ProberWorld(seed) { Loss = loss / 2 }.Behind(box).With(ProberWorld.TwoAddresses());
                var report = world.MeasureOne();
                ShouldDescribe(report, box, $"{box} seed {seed} loss {loss}");
                world.OpenSockets.ShouldBe(0);
                longest = Math.Max(longest, report.TookMilliseconds);
            }
        }

        longest.ShouldBeLessThan(loss == 0 ? 2000 : 6000);
    }

    [Fact]
    public void Without_loss_a_home_router_is_measured_in_1250_ms_with_31_datagrams()
    {
        var world = new ProberWorld().Behind(new() { Ports = PortRuleKind.Kept }).With(ProberWorld.TwoAddresses());
        var report = world.MeasureOne();
        report.RoundTripMilliseconds.ShouldBe(50);
        report.TookMilliseconds.ShouldBe(50 + 1100 + 50 + 35 + 50); // reach, silence of the filter, mapping, eight samples 5 ms apart
        report.Sent.ShouldBe(2 + 20 + 3 + 8); // 20: two filter and two hairpin questions, five times each
        world.SentByProber.Count.ShouldBe(report.Sent);
        report.Ports.Samples.ShouldAllBe(s => s.LocalPort == s.Mapped.Port && !s.IsRepeated);
    }

    [Fact]
    public void Nothing_goes_to_the_servers_other_endpoints_before_filtering_was_measured_from_fresh_sockets()
    {
        var world = new ProberWorld().Behind(new()).With(ProberWorld.TwoAddresses());
        world.MeasureOne();
        var sent = world.SentByProber;
        var firstElsewhere = sent.First(s => s.To != ProberWorld.ServerV4 && s.To.Address != IpAddress.Parse("198.51.100.7")).At;
        var filterSockets = sent.Where(s => s.To == ProberWorld.ServerV4).GroupBy(s => s.From).Where(g => g.Count() == 5).ToArray();
        filterSockets.Length.ShouldBe(2);
        filterSockets.ShouldAllBe(g => g.All(s => s.At < firstElsewhere));
        filterSockets.ShouldAllBe(g => sent.Count(s => s.From == g.Key) == 5);
    }

    [Fact]
    public void The_hairpin_can_be_left_out()
    {
        var world = new ProberWorld().Behind(new() { Hairpin = NatHairpin.Yes }).With(ProberWorld.TwoAddresses());
        var report = world.Measure(new() { Servers = [ProberWorld.ServerV4], TriesHairpin = false }).ShouldHaveSingleItem();
        report.Unknowns.ShouldBe([new(NatAspect.Hairpin, NatDoubt.NotAsked)]);
        world.SentByProber.ShouldAllBe(s => s.To.Address != report.Mapped.Address);
    }

    [Fact]
    public void Where_udp_is_blocked_the_report_says_so_after_2200_ms()
    {
        var world = new ProberWorld().Behind(new() { BlocksUdp = true }).With(ProberWorld.TwoAddresses());
        var report = world.MeasureOne();
        report.UdpBlocked.ShouldBeTrue();
        report.TookMilliseconds.ShouldBe(2200);
        report.Sent.ShouldBe(12);
        report.Unknowns.ShouldBe(Enum.GetValues<NatAspect>().Select(a => new NatUnknown(a, NatDoubt.NoAnswer)));
        world.OpenSockets.ShouldBe(0);
    }

    [Fact]
    public void A_public_computer_is_not_translated_and_a_firewall_before_it_is_still_seen()
    {
        var open = new ProberWorld { InnerV4 = IpAddress.Parse("198.51.100.50") }.With(ProberWorld.TwoAddresses()).MeasureOne();
        (open.IsTranslated, open.Mapping, open.Filtering, open.Hairpin, open.Ports.Kind)
            .ShouldBe((false, NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, NatHairpin.NotNeeded, PortRuleKind.Kept));
        foreach (var filtering in Behaviours)
        {
            var report = new ProberWorld { InnerV4 = IpAddress.Parse("198.51.100.50") }
                .Behind(new() { Translates = false, Filtering = filtering }).With(ProberWorld.TwoAddresses()).MeasureOne();
            (report.IsTranslated, report.Filtering).ShouldBe((false, filtering));
            report.Unknowns.ShouldBeEmpty();
        }
    }

    [Fact]
    public void Both_families_are_measured_at_the_same_time_and_apart()
    {
        var world = new ProberWorld()
            .Behind(new() { Ports = PortRuleKind.Kept })
            .Behind(new() { Translates = false, Filtering = NatDependence.AddressDependent }, IpFamily.V6)
            .With(ProberWorld.TwoAddresses(), ProberWorld.TwoAddressesV6());
        var reports = world.Measure(new() { Servers = [ProberWorld.ServerV4, ProberWorld.ServerV6] });
        reports.Count.ShouldBe(2);
        reports.Max(r => r.TookMilliseconds).ShouldBeLessThan(1300);
        var (v4, v6) = (reports.Single(r => r.Family == IpFamily.V4), reports.Single(r => r.Family == IpFamily.V6));
        (v4.IsTranslated, v4.Filtering).ShouldBe((true, NatDependence.AddressAndPortDependent));
        (v6.IsTranslated, v6.Filtering).ShouldBe((false, NatDependence.AddressDependent));
        v4.Identity.ShouldNotBe(v6.Identity);
    }

    [Fact]
    public void A_family_without_sockets_is_reported_as_such_and_the_other_is_measured()
    {
        var world = new ProberWorld { FailsToOpen = (_, family) => family == IpFamily.V6 }.Behind(new()).With(ProberWorld.TwoAddresses());
        var reports = world.Measure(new() { Servers = [ProberWorld.ServerV4, ProberWorld.ServerV6] });
        var v6 = reports.Single(r => r.Family == IpFamily.V6);
        v6.UdpBlocked.ShouldBeFalse();
        v6.Unknowns.ShouldAllBe(u => u.Doubt == NatDoubt.NoSocket);
        reports.Single(r => r.Family == IpFamily.V4).Unknowns.ShouldBeEmpty();
    }

    [Fact]
    public void Sockets_that_cannot_be_opened_cost_only_what_they_were_for()
    {
        // Socket numbers of the only family: 0, 2 first and neighbour, 4, 6 filtering, 8 ... 22 samples.
        var world = new ProberWorld { FailsToOpen = (id, _) => id is 2 or 6 or 10 }.Behind(new() { Ports = PortRuleKind.Kept }).With(ProberWorld.TwoAddresses());
        var report = world.MeasureOne();
        report.Mapping.ShouldBe(NatDependence.EndpointIndependent);
        report.Filtering.ShouldBe(NatDependence.AddressAndPortDependent);
        report.Hairpin.ShouldBe(NatHairpin.Unknown);
        report.Unknowns.ShouldBe([new(NatAspect.Hairpin, NatDoubt.NoSocket)]);
        (report.Ports.Kind, report.Ports.Samples.Count).ShouldBe((PortRuleKind.Kept, 7));
        world.OpenSockets.ShouldBe(0);

        new ProberWorld { FailsToOpen = (id, _) => id == 0 }.Behind(new()).With(ProberWorld.TwoAddresses()).MeasureOne().Mapping.ShouldBe(NatDependence.EndpointIndependent);
    }

    [Theory]
    [InlineData(NatDependence.EndpointIndependent, NatDependence.NotPortDependent)]
    [InlineData(NatDependence.AddressDependent, NatDependence.NotPortDependent)]
    [InlineData(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent)]
    public void With_a_second_port_only_dependence_on_the_port_is_told_and_the_rest_is_not(NatDependence behaviour, NatDependence told)
    {
        var report = new ProberWorld().Behind(new() { Mapping = behaviour, Filtering = behaviour }).With(ProberWorld.OneAddress()).MeasureOne();
        report.Mapping.ShouldBe(told);
        report.Filtering.ShouldBe(told);
        var isPart = told == NatDependence.NotPortDependent;
        report.Unknowns.Where(u => u.Aspect != NatAspect.Hairpin).ShouldBe(
            isPart ? [new(NatAspect.Mapping, NatDoubt.NoSecondAddress), new(NatAspect.Filtering, NatDoubt.NoSecondAddress)] : []);
    }

    [Theory]
    [InlineData(NatDependence.EndpointIndependent, NatDependence.EndpointIndependent)]
    [InlineData(NatDependence.AddressDependent, NatDependence.AddressDependent)]
    [InlineData(NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent)]
    public void A_second_server_serves_as_the_second_address_for_the_mapping(NatDependence mapping, NatDependence told)
    {
        var world = new ProberWorld().Behind(new() { Mapping = mapping }).With(ProberWorld.OneAddress(), ProberWorld.OnePort("192.0.2.77:3478"));
        world.MeasureOne(ProberWorld.ServerV4, Endpoint.Parse("192.0.2.77:3478")).Mapping.ShouldBe(told);
    }

    [Fact]
    public void A_plain_stun_server_tells_no_more_than_the_address_and_how_ports_move()
    {
        var report = new ProberWorld().Behind(new() { Ports = PortRuleKind.Step, Delta = 1 }).With(ProberWorld.OnePort()).MeasureOne();
        (report.Mapping, report.Filtering, report.Ports.Kind).ShouldBe((NatDependence.Unknown, NatDependence.Unknown, PortRuleKind.Step));
        report.Unknowns.Where(u => u.Aspect == NatAspect.Filtering).Select(u => u.Doubt).ShouldBe([NatDoubt.NoSecondAddress, NatDoubt.NoSecondPort]);
        report.Unknowns.Where(u => u.Aspect == NatAspect.Mapping).Select(u => u.Doubt).ShouldBe([NatDoubt.NoSecondAddress, NatDoubt.NoSecondPort]);

        var two = new ProberWorld().Behind(new() { Mapping = NatDependence.AddressAndPortDependent })
            .With(ProberWorld.OnePort(), ProberWorld.OnePort("192.0.2.77:3478")).MeasureOne(ProberWorld.ServerV4, Endpoint.Parse("192.0.2.77:3478"));
        two.Mapping.ShouldBe(NatDependence.Dependent);
        two.Unknowns.ShouldContain(new NatUnknown(NatAspect.Mapping, NatDoubt.NoSecondPort));
    }

    [Fact]
    public void Silence_of_a_second_address_that_is_dead_proves_nothing()
    {
        var second = IpAddress.Parse("203.0.113.2");
        var world = new ProberWorld { Drops = (from, to) => from.Address == second || to.Address == second }
            .Behind(new() { Filtering = NatDependence.EndpointIndependent }).With(ProberWorld.TwoAddresses());
        var report = world.MeasureOne();
        report.Filtering.ShouldBe(NatDependence.NotPortDependent);
        report.Mapping.ShouldBe(NatDependence.NotPortDependent);
        report.Unknowns.ShouldContain(new NatUnknown(NatAspect.Filtering, NatDoubt.OtherEndpointSilent));
        report.Unknowns.ShouldContain(new NatUnknown(NatAspect.Mapping, NatDoubt.OtherEndpointSilent));

        var dead = new ProberWorld { Drops = (from, to) => from != ProberWorld.ServerV4 && to != ProberWorld.ServerV4 }.Behind(new()).With(ProberWorld.TwoAddresses());
        dead.MeasureOne().Filtering.ShouldBe(NatDependence.Unknown);
    }

    [Fact]
    public void Rising_inner_ports_are_not_taken_for_rising_outer_ones()
    {
        foreach (var box in new NatBoxOptions[] { new() { Ports = PortRuleKind.Offset, Delta = 5 }, new() { Ports = PortRuleKind.Step, Delta = 1 }, new() { Ports = PortRuleKind.Kept } })
        {
            var report = new ProberWorld { HasRisingPorts = true }.Behind(box).With(ProberWorld.TwoAddresses()).MeasureOne();
            (report.Ports.Kind, report.Ports.Delta).ShouldBe((box.Ports, box.Delta));
        }
    }

    [Fact]
    public void At_the_limit_the_report_comes_with_what_there_is()
    {
        var world = new ProberWorld { OneWay = TimeSpan.FromMilliseconds(100) }.Behind(new() { Ports = PortRuleKind.Kept }).With(ProberWorld.TwoAddresses());
        var report = world.Measure(new() { Servers = [ProberWorld.ServerV4], Limit = TimeSpan.FromMilliseconds(1000) }).ShouldHaveSingleItem();
        report.TookMilliseconds.ShouldBe(1000);
        report.Mapped.Address.ShouldBe(IpAddress.Parse("198.51.100.7"));
        report.Mapping.ShouldBe(NatDependence.Unknown);
        report.Unknowns.ShouldContain(new NatUnknown(NatAspect.Mapping, NatDoubt.TimeUp));
        world.OpenSockets.ShouldBe(0);
    }

    [Fact]
    public void Forged_and_astray_answers_change_nothing()
    {
        var random = new SeededRandom(1);
        var prober = new NatProber(new() { Servers = [ProberWorld.ServerV4] }, random, Instant.Zero);
        var local = Endpoint.Parse("192.168.1.20:5000");
        prober.SocketOpened(0, local, Instant.Zero);
        prober.SocketOpened(2, local with { Port = 5001 }, Instant.Zero);
        var buffer = new byte[2048];
        prober.TryTransmit(buffer, out var transmit).ShouldBeTrue();
        StunMessage.TryParse(buffer.AsSpan(0, transmit.Length), out var request).ShouldBe(StunError.None);
        var answer = new byte[256];
        var writer = StunWriter.Respond(answer, StunClass.Success, request);
        writer.AddXorAddress(StunAttributeType.XorMappedAddress, Endpoint.Parse("6.6.6.6:6"));
        var forged = answer.AsSpan(0, writer.Length);

        prober.HandleDatagram(forged, Endpoint.Parse("203.0.113.9:3478"), transmit.Source, Instant.Zero).ShouldBeTrue(); // from elsewhere: ignored
        prober.HandleDatagram(forged, ProberWorld.ServerV4, transmit.Source with { Port = 9 }, Instant.Zero).ShouldBeFalse(); // at another socket
        forged[8] ^= 1;
        prober.HandleDatagram(forged, ProberWorld.ServerV4, transmit.Source, Instant.Zero).ShouldBeFalse(); // another transaction
        while (!prober.IsDone)
        {
            prober.HandleDeadline(prober.NextDeadline);
        }

        NatEvent.Measured? measured = null;
        while (prober.TryTakeEvent(out var happened))
        {
            measured = happened as NatEvent.Measured ?? measured;
        }

        measured.ShouldNotBeNull().Report.UdpBlocked.ShouldBeTrue();
    }

    [Fact]
    public void Misuse_throws()
    {
        var prober = new NatProber(new() { Servers = [ProberWorld.ServerV4] }, new SeededRandom(1), Instant.Zero);
        Should.Throw<ArgumentException>(() => prober.SocketOpened(1, Endpoint.Parse("192.168.1.20:5000"), Instant.Zero));
        Should.Throw<ArgumentException>(() => prober.SocketOpened(0, Endpoint.None, Instant.Zero));
        Should.Throw<ArgumentException>(() => new NatProber(new() { Servers = [] }, new SeededRandom(1), Instant.Zero));
    }

    private static IEnumerable<(NatDependence, NatDependence, NatHairpin)> Combinations() =>
        from mapping in Behaviours
        from filtering in Behaviours
        from hairpin in new[] { NatHairpin.No, NatHairpin.Yes, NatHairpin.YesFromInside }
        select (mapping, filtering, hairpin);

    private static void ShouldDescribe(NatReport report, NatBoxOptions box, string which)
    {
        report.UdpBlocked.ShouldBeFalse(which);
        report.IsTranslated.ShouldBeTrue(which);
        report.Mapped.Address.ShouldBe(box.Outer, which);
        report.MappedAddresses.ShouldBe(1, which);
        report.Mapping.ShouldBe(box.Mapping, which);
        report.Filtering.ShouldBe(box.Filtering, which);
        report.Hairpin.ShouldBe(Expected(box), which);
        var isMoved = box.Mapping != NatDependence.EndpointIndependent && box.Ports is PortRuleKind.Kept or PortRuleKind.Offset;
        report.Ports.Kind.ShouldBe(isMoved ? PortRuleKind.Random : box.Ports, which); // the box's second mappings are random
        report.Ports.Samples.Count.ShouldBe(isMoved ? 16 : 8, which);
        if (!isMoved)
        {
            report.Ports.Delta.ShouldBe(box.Delta, which);
        }

        if (box.Ports == PortRuleKind.Block)
        {
            (report.Ports.BlockStart, report.Ports.BlockSize).ShouldBe((box.BlockStart, box.BlockSize), which);
        }

        report.Unknowns.ShouldBe(report.Hairpin == NatHairpin.Unknown ? [new(NatAspect.Hairpin, NatDoubt.MappingMoves)] : [], which);
    }

    // What can be seen of it: where each target gets a mapping of its own, a neighbour gets in only past an open filter.
    private static NatHairpin Expected(NatBoxOptions box) =>
        box.Mapping == NatDependence.EndpointIndependent || box.Filtering == NatDependence.EndpointIndependent ? box.Hairpin : NatHairpin.Unknown;
}

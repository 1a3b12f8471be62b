using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>NATs that take another of their addresses for each mapping (RFC 4787 §4.1, "arbitrary" pooling): what is foretold comes true, and no guard alarms.</summary>
public class PoolTests
{
    private const int Worlds = 60;

    [Theory]
    [InlineData("sequential-20", 2, "linux", 1, 0.99)]
    [InlineData("linux", 1, "sequential-20", 4, 0.98)]
    [InlineData("sequential-5", 8, "linux", 1, 0.87)]
    [InlineData("linux", 2, "linux", 1, 0.99)]
    [InlineData("linux", 1, "linux", 4, 0.98)]
    [InlineData("linux", 2, "linux", 2, 0.86)]
    [InlineData("linux", 8, "linux", 1, 0.49)]
    [InlineData("full-cone", 4, "port-restricted", 4, 0.99)]
    [InlineData("random", 4, "address-restricted", 1, 0.98)]
    [InlineData("address-restricted", 1, "sequential-5", 2, 0.99)]
    [InlineData("linux", 2, "sequential-5", 1, 0.86)]
    [InlineData("block-512", 2, "linux", 1, 0.99)]
    [InlineData("port-restricted", 1, "block-512", 4, 0.98)]
    [InlineData("block-1024", 2, "linux", 1, 0.93)]
    [InlineData("block-512", 1, "linux", 2, 0.94)]
    [InlineData("sequential-5", 2, "sequential-5", 1, 0.9)]
    [InlineData("sequential-5", 1, "sequential-5", 2, 0.8)]
    public void Politely_the_odds_come_true_and_no_guard_alarms(string one, int addresses, string other, int otherAddresses, double least)
    {
        var figures = Run(one, addresses, other, otherAddresses, ProbeMode.Polite);
        figures.Foretold.ShouldBeGreaterThanOrEqualTo(least, figures.ToString());
        PairOddsTests.IsLikely(figures.Direct, Worlds, figures.Foretold).ShouldBeTrue(figures.ToString());
        figures.Alarms.ShouldBeEmpty(figures.ToString());
    }

    /// <summary>Who asks a pool comes before its NAT has opened, if he is called: what arrives then takes a port there.</summary>
    [Theory]
    [InlineData(EarlyInbound.TakesPort, 2)]
    [InlineData(EarlyInbound.ShutsOut, 3)]
    public void Nothing_arrives_at_a_pool_before_it_has_opened(EarlyInbound early, int addresses)
    {
        var figures = CellRun.Run(new("linux", "port-restricted", ProbeMode.Polite), Worlds, change: pair => pair with { One = Early(Pooled(pair.One, addresses), early) });
        PairOddsTests.IsLikely(figures.Direct, Worlds, figures.Foretold).ShouldBeTrue(figures.ToString());
        figures.Direct.ShouldBeGreaterThanOrEqualTo(Worlds - 1, figures.ToString());

        static BoxDescription Early(BoxDescription box, EarlyInbound early) => box with { Nat = box.Nat! with { EarlyInbound = early } };
    }

    [Theory]
    [InlineData("random", 2, "linux", 1)]
    [InlineData("block-512", 2, "block-512", 1)]
    public void With_more_leave_the_odds_come_true(string one, int addresses, string other, int otherAddresses)
    {
        var figures = Run(one, addresses, other, otherAddresses, ProbeMode.Fast);
        figures.Foretold.ShouldBeGreaterThan(0.1);
        PairOddsTests.IsLikely(figures.Direct, Worlds, figures.Foretold).ShouldBeTrue(figures.ToString());
    }

    [Theory]
    [InlineData("linux", 2, PortClass.Roams)]
    [InlineData("linux", 4, PortClass.Roams)]
    [InlineData("offset-30000-symmetric", 4, PortClass.Roams)] // its ports turn round the end of the range
    [InlineData("full-cone", 2, PortClass.Stays)]
    [InlineData("port-restricted", 4, PortClass.Stays)]
    [InlineData("sequential-20", 2, PortClass.Counts)]
    [InlineData("block-512", 2, PortClass.Draws)]
    public void What_is_measured_tells_one_address_for_each_socket_from_one_for_each_destination(string box, int addresses, PortClass kind)
    {
        var measured = Enumerable.Range(1, Worlds).Select(seed =>
        {
            using var pair = new PairWorld(CellRun.Plan(new(box, "linux", ProbeMode.Polite), pair => pair with { One = Pooled(pair.One, addresses) }).Pair, new SeededRandom((ulong)seed));
            pair.RunUntilReady().ShouldBeTrue();
            return pair.One.Peer.Nat.Single();
        }).ToArray();
        measured.Count(report => PortClasses.Of(report) == kind).ShouldBeGreaterThanOrEqualTo(Worlds - 1);
        measured.Average(report => report.MappedAddresses).ShouldBeGreaterThan(addresses * 0.9);
    }

    [Theory]
    [InlineData("sequential-5", 4)]
    [InlineData("block-512", 2)]
    public void Two_behind_one_router_are_known_by_any_address_that_both_have_had(string box, int addresses)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var plan = CellRun.Plan(new(box, box, ProbeMode.Polite), pair => pair with { One = Pooled(pair.One, addresses), Other = Pooled(pair.Other, addresses), ShareOutermost = true });
            using var pair = new PairWorld(plan.Pair, new SeededRandom(seed));
            pair.Connect().ShouldBeTrue();
            pair.World.RunUntil(() => pair.One.Peer.Calls[^1].IsDirect, TimeSpan.FromSeconds(5)).ShouldBeTrue($"seed {seed}");
            pair.One.Peer.Calls[^1].Machine.Report().Prediction!.Reason.ShouldBe("same-router", $"seed {seed}");
        }
    }

    /// <summary>Of eight addresses four are asked; when nothing can answer any more, the side that asked has failed, and the one that waits does not know.</summary>
    [Fact]
    public void The_side_that_asks_a_pool_knows_when_it_has_asked_in_vain()
    {
        var failed = 0;
        for (ulong seed = 1; seed <= 12; seed++)
        {
            using var pair = new PairWorld(CellRun.Plan(new("linux", "linux", ProbeMode.Polite), pair => pair with { One = Pooled(pair.One, 8) }).Pair, new SeededRandom(seed));
            pair.Connect().ShouldBeTrue();
            pair.World.Run(TimeSpan.FromSeconds(14));
            var (waiting, asking) = (Outcome(pair.One), Outcome(pair.Other));
            asking.ShouldNotBe(PredictionOutcome.UnderWay, $"seed {seed}");
            failed += asking == PredictionOutcome.Failed ? 1 : 0;
            (waiting == PredictionOutcome.UnderWay).ShouldBe(asking == PredictionOutcome.Failed, $"seed {seed}");
        }

        failed.ShouldBeInRange(1, 11);
    }

    [Fact]
    public void A_fan_of_an_earlier_version_that_names_one_address_is_asked_at_all_that_its_report_has_shown()
    {
        var plan = CellRun.Plan(new("block-512", "linux", ProbeMode.Polite), pair => pair with { One = Pooled(pair.One, 2) });
        using var pair = new PairWorld(plan.Pair, new SeededRandom(3));
        var told = new List<int?>();
        pair.Other.Peer.Tamper = payload =>
        {
            if (payload is not SignalPayload.Ports { Fan: { } fan } notice)
            {
                return payload;
            }

            told.Add(fan.Addresses?.Count);
            return notice with { Fan = fan with { Addresses = null } };
        };
        var asked = new HashSet<IpAddress>();
        pair.World.Tap += sighting => _ = sighting.Kind == SightingKind.Sent && sighting.Packet.Header.Source.Address == pair.Other.Computer.Addresses[0]
            && asked.Add(sighting.Packet.Header.Destination.Address);
        pair.Connect().ShouldBeTrue();
        pair.World.RunUntil(() => pair.One.Peer.Calls[^1].IsDirect, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        told.ShouldBe([2]);
        pair.One.Gateways[0].Box.OuterAddresses.ShouldBeSubsetOf(asked);
    }

    private static PredictionOutcome Outcome(Home home) => home.Peer.Calls[^1].Machine.Report().Prediction!.Outcome;

    private static CellFigures Run(string one, int addresses, string other, int otherAddresses, ProbeMode mode) =>
        CellRun.Run(new(one, other, mode), Worlds, change: pair => pair with { One = Pooled(pair.One, addresses), Other = Pooled(pair.Other, otherAddresses) });

    /// <summary>Connection tracking maps each connection by itself, which shows where the address moves with it.</summary>
    private static BoxDescription Pooled(BoxDescription box, int addresses) => addresses == 1 || BoxCatalogue.Nat(box) is not { } nat ? box : box with
    {
        NatOf = null,
        Nat = nat with { Addresses = addresses, Pooling = Pooling.Arbitrary, Mapping = nat.Overloads ? NatDependence.AddressAndPortDependent : nat.Mapping },
    };
}

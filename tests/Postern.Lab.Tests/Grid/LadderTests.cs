using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Grid.Ladders;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;

namespace Postern.Tests.Grid;

public class LadderTests
{
    private static readonly Instant Began = Instant.FromMilliseconds(5000);
    private static readonly LadderPlace[] Places = [new("peer", "alice"), new("server", "Server"), new("peer", "bob")];

    [Fact]
    public void A_burst_of_the_same_packet_is_one_rung_with_a_count()
    {
        var ladder = Make([.. Enumerable.Range(0, 5).Select(i => Sent(i * 100))]);
        var rung = ladder.Rungs.ShouldHaveSingleItem();
        (rung.At, rung.Repeats, ladder.Packets).ShouldBe((0, 4, 5));
    }

    [Fact]
    public void What_differs_in_fate_or_ends_has_a_rung_of_its_own()
    {
        var lost = Sent(10);
        lost.Dropped = DropReason.Filtered;
        Make([Sent(0), lost, Sent(20, port: 6)]).Rungs.Select(rung => (rung.At, rung.Dropped)).ShouldBe([(0, null), (10, DropReason.Filtered), (20, null)]);
    }

    [Fact]
    public void Later_bursts_are_shown_once_more_and_then_counted()
    {
        var ladder = Make([.. Enumerable.Range(0, 10).Select(i => Sent(i * 5000))]);
        ladder.Rungs.Select(rung => (rung.At, rung.Repeats)).ShouldBe([(0, null), (5000, 8)]);
    }

    [Fact]
    public void Of_too_many_the_earliest_stay_and_those_around_the_moments_of_the_call()
    {
        var ladder = Make([.. Enumerable.Range(0, 500).Select(i => Sent(i * 10, port: (ushort)(1000 + i)))], firstByte: 4000);
        ladder.Rungs.Count.ShouldBe(LadderRecorder.MostRungs);
        ladder.Packets.ShouldBe(500);
        ladder.Rungs.Select(rung => rung.At).ShouldBe(ladder.Rungs.Select(rung => rung.At).Order());
        ladder.Rungs.Count(rung => rung.At is >= 3940 and <= 4060).ShouldBe(13);
        ladder.Rungs.Count(rung => rung.At < 670).ShouldBe(67);
    }

    [Fact]
    public void Every_rung_lies_between_places_and_endpoints_that_there_are()
    {
        var report = GridRun.Run(new() { Boxes = [BoxCatalogue.All["carrier-over-home"], BoxCatalogue.All["random"]] });
        foreach (var ladder in report.Pairs.Select(pair => pair.Ladder))
        {
            ladder.Rungs.Count.ShouldBeInRange(20, LadderRecorder.MostRungs);
            ladder.Packets.ShouldBeGreaterThanOrEqualTo(ladder.Rungs.Sum(rung => 1 + (rung.Repeats ?? 0)));
            ladder.Rungs.ShouldAllBe(rung => rung.From >= 0 && rung.From < ladder.Places.Count && rung.To >= 0 && rung.To < ladder.Places.Count);
            ladder.Rungs.ShouldAllBe(rung => rung.Source < ladder.Endpoints.Count && rung.Destination < ladder.Endpoints.Count && rung.At >= 0 && rung.Took >= 0);
        }

        report.Pairs[1].Ladder.Places.Select(place => place.Role).ShouldBe(["peer", "box", "box", "server", "box", "peer"]);
        report.Pairs[2].Ladder.Places.Select(place => place.Title).ShouldBe(
            ["alice", "Random over all ports", "Server", BoxCatalogue.All["block-1024"].Title, BoxCatalogue.All["linux"].Title, "bob"]);
    }

    private static Ladder Make(IReadOnlyList<Flight> flights, double? firstByte = null)
    {
        var box = BoxCatalogue.All["public"];
        TimeSpan? after = firstByte is { } known ? TimeSpan.FromMilliseconds(known) : null;
        var plan = new TrialPlan { Pair = new PairOptions { One = box, Other = box } };
        return LadderMaker.Make(Places, flights, Began, new() { Plan = plan, Forecast = [], Connected = true, Direct = false, FirstByteAfter = after });
    }

    private static Flight Sent(double milliseconds, ushort port = 5)
    {
        var at = Began + TimeSpan.FromMilliseconds(milliseconds);
        return new(at, 0, LadderKind.Check, new(IpAddress.Parse("192.0.2.1"), 4), new(IpAddress.Parse("192.0.2.2"), port)) { To = 2, Ended = at + TimeSpan.FromMilliseconds(20) };
    }
}

using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Two sides that do not agree on who climbs, since one of them was told something else: nothing hangs, the relay carries on, and the attempt ends with a cause.</summary>
public class LadderDisputeTests
{
    [Theory]
    [InlineData("sequential-5", 100)] // each takes its own counter for the quieter one: both climb
    [InlineData("sequential-100", 1)] // and here for the busier one: both open
    public void A_ladder_that_both_climb_or_both_open_ends_as_failed(string box, int claimed)
    {
        using var pair = new PairWorld(CellRun.Plan(new(box, box, ProbeMode.Polite), pair => pair with { Link = pair.Link with { Loss = 0 } }).Pair, new SeededRandom(7));
        var peers = new[] { pair.One.Peer, pair.Other.Peer };
        Array.ForEach(peers, peer => peer.BeginsUnmeasured = true);
        pair.Connect().ShouldBeTrue();
        pair.World.Run(TimeSpan.FromSeconds(3));
        var calls = peers.Select(peer => peer.Calls[^1]).ToArray();
        for (var side = 0; side < 2; side++)
        {
            var own = peers[side].Nat.Single();
            calls[side].Do((machine, now) => machine.LearnNat(own, null, now));
            calls[1 - side].Do((machine, now) => machine.LearnNat(null, own with { Ports = own.Ports with { ForeignMappings = 4 * claimed, WatchedMilliseconds = 4000 } }, now));
        }

        Array.ForEach(calls, call => Outcome(call).ShouldBe(PredictionOutcome.UnderWay));
        var channel = calls[0].Open("chat");
        pair.World.Run(TimeSpan.FromSeconds(5));
        calls[0].Say(channel, "still here");
        pair.World.Run(TimeSpan.FromSeconds(25));
        calls[1].Messages.Select(message => message.Text).ShouldContain("still here");
        foreach (var call in calls)
        {
            var report = call.Machine.Report();
            (report.Path, report.Prediction!.Outcome).ShouldBe((PathKind.Relayed, PredictionOutcome.Failed));
            report.Prediction.Cause.ShouldNotBeEmpty();
            report.Prediction.Mappings.ShouldBeLessThanOrEqualTo(ProbeLimits.Polite.Mappings);
            report.Reasons.Select(reason => reason.Id).ShouldContain("both-ports-counted");
        }
    }

    private static PredictionOutcome? Outcome(PeerCall call) => call.Machine.Report().Prediction?.Outcome;
}

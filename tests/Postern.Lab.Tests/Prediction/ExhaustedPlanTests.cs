using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>A plan of which nothing is left is said to have failed as soon as its last port can answer no more, not when patience ends.</summary>
public class ExhaustedPlanTests
{
    [Fact]
    public void The_side_that_asks_knows_when_it_has_asked_in_vain()
    {
        var failed = 0;
        for (ulong seed = 1; seed <= 12; seed++)
        {
            using var pair = new PairWorld(CellRun.Plan(new("linux", "block-2048", ProbeMode.Polite)).Pair, new SeededRandom(seed));
            pair.Connect().ShouldBeTrue();
            pair.World.Run(TimeSpan.FromSeconds(14));
            var report = pair.One.Peer.Calls[^1].Machine.Report().Prediction!;
            report.Outcome.ShouldNotBe(PredictionOutcome.UnderWay, $"seed {seed}: {report}");
            failed += report.Outcome == PredictionOutcome.Failed ? 1 : 0;
        }

        failed.ShouldBeGreaterThan(0);
    }
}

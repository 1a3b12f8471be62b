using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>A plan of which nothing is left is said to have failed as soon as its last port can answer no more, not when patience ends.</summary>
public class ExhaustedPlanTests
{
    [Theory]
    [InlineData("linux", "block-2048", ProbeMode.Polite, 14)]
    [InlineData("block-512", "block-512", ProbeMode.Fast, 10)]
    public void The_side_that_asks_knows_when_it_has_asked_in_vain(string one, string other, ProbeMode mode, double seconds)
    {
        var failed = 0;
        for (ulong seed = 1; seed <= 12; seed++)
        {
            using var pair = new PairWorld(CellRun.Plan(new(one, other, mode)).Pair, new SeededRandom(seed));
            pair.Connect().ShouldBeTrue();
            pair.World.Run(TimeSpan.FromSeconds(seconds));
            var report = pair.One.Peer.Calls[^1].Machine.Report().Prediction!;
            report.Outcome.ShouldNotBe(PredictionOutcome.UnderWay, $"seed {seed}: {report}");
            failed += report.Outcome == PredictionOutcome.Failed ? 1 : 0;
        }

        failed.ShouldBeGreaterThan(0);
    }
}

using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>What worked between two networks is kept for the next call, and what never does is not tried for ever.</summary>
public class MemoryTests
{
    [Fact]
    public void A_prediction_that_worked_is_kept_without_any_address()
    {
        var memories = new PairMemories();
        using var pair = Pair("sequential-5", "linux", memories);
        Call(pair).Outcome.ShouldBe(PredictionOutcome.Worked);
        var kept = memories.All.ShouldHaveSingleItem();
        (kept.Predicted, kept.Otherwise, kept.Failed).ShouldBe((1, 0, 0));
        kept.Pair.Length.ShouldBe(32);
        kept.ToString().ShouldNotContain("198.51.100");
    }

    [Fact]
    public void What_failed_three_times_and_never_worked_is_not_tried_again()
    {
        var memories = new PairMemories();
        using var pair = Pair("block-512", "block-512", memories, ProbeMode.Fast);
        for (var call = 0; call < 3; call++)
        {
            Call(pair);
            memories.Load(memories.All.Select(memory => memory with { Predicted = 0, Failed = call + 1 }));
        }

        var last = Call(pair);
        (last.Method, last.Reason, last.Outcome).ShouldBe((PredictionMethod.None, "failed-here-before", PredictionOutcome.NotTried));
    }

    private static PairWorld Pair(string one, string other, PairMemories memories, ProbeMode mode = ProbeMode.Polite)
    {
        Queue<PairMemories> each = new([memories, new()]); // the caller's, and the callee's own
        return new(CellRun.Plan(new(one, other, mode), pair => pair with { Memories = each.Dequeue }).Pair, new SeededRandom(5));
    }

    private static PredictionReport Call(PairWorld pair)
    {
        pair.Connect().ShouldBeTrue();
        var call = pair.One.Peer.Calls[^1];
        pair.World.RunUntil(() => call.Machine.Report().Prediction!.Outcome != PredictionOutcome.UnderWay, TimeSpan.FromSeconds(40)).ShouldBeTrue();
        var report = call.Machine.Report().Prediction!;
        call.Do((machine, now) => machine.Close(now));
        pair.World.Run(TimeSpan.FromMinutes(6));
        return report;
    }
}

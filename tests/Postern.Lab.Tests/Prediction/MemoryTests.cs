using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Ice;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>What worked between two networks is kept for the next call, and what never does is not tried for ever.</summary>
public class MemoryTests
{
    private readonly PairMemories _one = new();
    private readonly PairMemories _other = new();

    [Fact]
    public void A_prediction_that_worked_is_kept_by_its_method_and_without_any_address()
    {
        using var pair = Pair("sequential-5", "linux");
        Call(pair).Outcome.ShouldBe(PredictionOutcome.Worked);
        var kept = _one.All.ShouldHaveSingleItem();
        (kept.Predicted, kept.Otherwise, kept.Failed).ShouldBe((1, 0, 0));
        var method = kept.Methods.ShouldHaveSingleItem();
        (method.Method, method.Worked, method.Failed).ShouldBe(("Learn", 1, 0));
        method.Milliseconds.ShouldBeInRange(80, 1000);
        kept.Pair.Length.ShouldBe(32);
        kept.ToString().ShouldNotContain("198.51.100");
        var second = Call(pair);
        second.Remembered.ShouldStartWith("Between these networks Learn has worked before (1×, in 0.");
        pair.One.Peer.Calls[^1].Machine.Report().Steps.ShouldContain(step => step.What == second.Remembered);
    }

    /// <summary>Both sides forget nothing: the plan fails as what it learns never arrives.</summary>
    [Fact]
    public void What_failed_three_times_and_never_worked_is_not_tried_again()
    {
        using var pair = Pair("sequential-5", "linux");
        pair.Other.Peer.Tamper = payload => payload is SignalPayload.Ports notice ? notice with { Opened = [] } : payload;
        for (var call = 0; call < 3; call++)
        {
            var vain = Call(pair);
            (vain.Method, vain.Outcome, vain.Mappings > 0).ShouldBe((PredictionMethod.Learn, PredictionOutcome.Failed, true));
        }

        pair.Other.Peer.Tamper = null;
        var last = Call(pair);
        (last.Method, last.Reason, last.Outcome, last.Mappings, last.Packets).ShouldBe((PredictionMethod.None, "failed-here-before", PredictionOutcome.NotTried, 0, 0));
        last.Cause.ShouldEndWith("not tried, for it failed between these networks before");
        last.Remembered.ShouldBe("Between these networks Learn was tried in vain 3 times, and nothing else has worked: it is left alone.");
        foreach (var report in new[] { pair.One, pair.Other }.Select(home => home.Peer.Calls[^1].Machine.Report()))
        {
            report.Path.ShouldBe(PathKind.Relayed);
            report.Prediction!.Reason.ShouldBe("failed-here-before");
            report.Reasons.Select(reason => reason.Id).ShouldContain("failed-here-before");
        }
    }

    [Fact]
    public void What_came_without_prediction_is_given_time_and_nothing_is_spent_meanwhile()
    {
        using var pair = Pair("sequential-5", "linux", hasIpv6: true);
        var first = Call(pair);
        (first.Method, first.Outcome, first.Mappings > 0).ShouldBe((PredictionMethod.Learn, PredictionOutcome.NotNeeded, true), "the path over IPv6 comes first");
        var second = Call(pair);
        (second.Method, second.Outcome, second.Mappings, second.Packets).ShouldBe((PredictionMethod.Learn, PredictionOutcome.NotNeeded, 0, 0));
        second.Remembered.ShouldContain("a path came without Learn before (1×, in 0.");
        _one.All.Single().Find(MethodMemory.Ordinary)!.Worked.ShouldBe(2);
    }

    /// <summary>The same two networks, later without IPv6: the first call there waits for a path that does not come, the second does not.</summary>
    [Fact]
    public void A_method_that_worked_after_waiting_in_vain_begins_at_once_and_is_direct_earlier()
    {
        using (var pair = Pair("sequential-5", "linux", hasIpv6: true))
        {
            Call(pair);
        }

        using var later = Pair("sequential-5", "linux");
        Call(later).Outcome.ShouldBe(PredictionOutcome.Worked);
        Call(later).Outcome.ShouldBe(PredictionOutcome.Worked);
        var (waited, atOnce) = (DirectAfter(later, 0), DirectAfter(later, 1));
        waited.ShouldBeGreaterThan(1.5);
        atOnce.ShouldBeLessThan(1);
        _one.All.Single().Methods.Select(method => (method.Method, method.Worked, method.Failed)).ShouldBe([("Learn", 2, 0), ("Ordinary", 1, 1)]);
    }

    private PairWorld Pair(string one, string other, bool hasIpv6 = false)
    {
        Queue<PairMemories> each = new([_one, _other]);
        return new(CellRun.Plan(new(one, other, ProbeMode.Polite), pair => pair with { Memories = each.Dequeue, HasIpv6 = hasIpv6, Link = pair.Link with { Loss = 0 } }).Pair, new SeededRandom(5));
    }

    private static double DirectAfter(PairWorld pair, int call) =>
        (pair.One.Peer.Calls[call].DirectAt!.Value - pair.One.Peer.Calls[call].StartedAt).TotalSeconds;

    private static PredictionReport Call(PairWorld pair)
    {
        pair.Connect().ShouldBeTrue();
        var calls = new[] { pair.One.Peer.Calls[^1], pair.Other.Peer.Calls[^1] };
        pair.World.RunUntil(() => calls.All(call => call.Machine.Report().Prediction!.Outcome != PredictionOutcome.UnderWay), TimeSpan.FromSeconds(40)).ShouldBeTrue();
        var report = calls[0].Machine.Report().Prediction!;
        calls[0].Do((machine, now) => machine.Close(now));
        pair.World.Run(TimeSpan.FromMinutes(6));
        return report;
    }
}

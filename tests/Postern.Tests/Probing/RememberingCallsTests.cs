using Postern.Drivers.Probing;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls;
using Postern.Sessions.Calls.Prediction;
using Postern.Tests.Kit;

namespace Postern.Tests.Probing;

/// <summary>Whole calls of one program after the other, in the simulator, which share nothing but the file of what worked before.</summary>
public sealed class RememberingCallsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("postern-pairs-").FullName;

    [Fact]
    public void The_next_program_begins_with_what_worked_for_the_one_before()
    {
        Call(hasIpv6: true).Prediction!.Outcome.ShouldBe(PredictionOutcome.NotNeeded);
        var waited = Call(hasIpv6: false);
        var atOnce = Call(hasIpv6: false);
        (waited.Prediction!.Outcome, atOnce.Prediction!.Outcome).ShouldBe((PredictionOutcome.Worked, PredictionOutcome.Worked));
        atOnce.Prediction.Remembered.ShouldStartWith("Between these networks Learn has worked before (1×");
        (ValidAfter(waited) - ValidAfter(atOnce)).ShouldBeGreaterThan(1000);
        File.ReadAllText(Path.Combine(_folder, SharedPairMemories.FileName)).ShouldNotContain("198.51.100");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static double ValidAfter(ConnectReport report) => report.Attempts.Where(attempt => attempt.Kind == Protocol.Ice.PathKind.Predicted).Min(attempt => attempt.ValidAfter!.Value);

    private ConnectReport Call(bool hasIpv6)
    {
        var plan = CellRun.Plan(new("sequential-5", "linux", ProbeMode.Polite), pair => pair with { Memories = () => new SharedPairMemories(_folder), HasIpv6 = hasIpv6, Link = new() { Hops = 1 } });
        using var pair = new PairWorld(plan.Pair, new SeededRandom(5));
        pair.Connect().ShouldBeTrue();
        var call = pair.One.Peer.Calls[^1];
        pair.World.RunUntil(() => call.Machine.Report().Prediction!.Outcome != PredictionOutcome.UnderWay, TimeSpan.FromSeconds(40)).ShouldBeTrue();
        return call.Machine.Report();
    }
}

using Postern.Lab.Boxes;
using Postern.Lab.Grid.Ladders;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Sessions.Calls;

namespace Postern.Lab.Grid;

/// <summary>One world of a pair, run to its end.</summary>
internal sealed record GridWorld(ulong Seed, TrialOutcome Outcome, IReadOnlyList<GridAlarms> Alarms, ConnectReport? Report, Ladder? Ladder)
{
    /// <param name="plan">What stands in it.</param>
    /// <param name="seed">Its luck.</param>
    /// <param name="keys">Which nobody else uses meanwhile.</param>
    /// <param name="isShown">Whether its report and its packets are kept.</param>
    public static GridWorld Run(TrialPlan plan, ulong seed, PairKeys keys, bool isShown)
    {
        using var trial = new Trial(plan, LabRandom.OfWorld(seed), keys);
        var recorder = isShown ? new LadderRecorder(trial.Pair, plan.Pair) : null;
        var outcome = trial.Run();
        IReadOnlyList<GridAlarms> alarms = [.. Raised("caller", trial.Pair.One), .. Raised("callee", trial.Pair.Other)];
        return new(seed, outcome, alarms, isShown ? trial.Pair.One.Peer.Calls.LastOrDefault()?.Machine.Report() : null, recorder?.Finish(outcome));
    }

    private static IEnumerable<GridAlarms> Raised(string side, Home home) =>
        home.Gateways.Select(gateway => gateway.Box).OfType<FirewallBox>().SelectMany(box => box.AlarmsByGuard)
            .Where(guard => guard.Alarms > 0).Select(guard => new GridAlarms(side, guard.Guard, guard.Alarms));
}

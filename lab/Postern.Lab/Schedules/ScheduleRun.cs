using Postern.Lab.Namespaces.Kernel;

namespace Postern.Lab.Schedules;

/// <summary>Plays a published schedule in all worlds of a plan. The same seed gives the same packets.</summary>
public static class ScheduleRun
{
    public static IReadOnlyList<ScheduleOutcome> Run(SchedulePlan plan, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Seeds, 1);
        var outcomes = new List<ScheduleOutcome>();
        for (var i = 0; i < plan.Seeds; i++)
        {
            stop.ThrowIfCancellationRequested();
            var seed = plan.Seed + (ulong)i;
            outcomes.Add(ScheduleTrial.Run(plan, seed, LabRandom.OfWorld(seed)));
        }

        return outcomes;
    }
}

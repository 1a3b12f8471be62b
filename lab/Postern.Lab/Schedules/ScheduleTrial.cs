using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>Plays one schedule in one world.</summary>
internal static class ScheduleTrial
{
    private static readonly TimeSpan Landing = TimeSpan.FromSeconds(0.5); // what is still under way may raise an alarm

    private static readonly TimeSpan Surveys = TimeSpan.FromSeconds(30); // far longer than any product measures

    /// <param name="plan">What stands in the world, and which product.</param>
    /// <param name="seed">By which the world is known.</param>
    /// <param name="random">Its luck, made from the seed.</param>
    public static ScheduleOutcome Run(SchedulePlan plan, ulong seed, IRandom random)
    {
        var world = new ScheduleWorld(plan.Pair, random);
        PublishedSchedules.Of(plan.Product).Start(world);
        world.World.RunUntil(() => world.Began is not null, Surveys);
        world.World.RunUntil(() => world.DirectAt is not null, plan.Patience);
        world.One.Stop();
        world.Other.Stop();
        world.World.Run(Landing);
        var (one, other) = (world.One.Tally, world.Other.Tally);
        return new()
        {
            Seed = seed,
            Method = world.Method,
            Attempts = world.Attempts,
            DirectAfter = world.DirectAt - world.Began,
            PortsProbed = one.Ports + other.Ports,
            MostPortsProbed = Math.Max(one.Ports, other.Ports),
            Sockets = one.Sockets + other.Sockets,
            Flows = one.Flows + other.Flows,
            Packets = one.Packets + other.Packets,
            Alarms = world.One.Alarms.Select(alarm => (Key: ("caller", alarm.Key), alarm.Value))
                .Concat(world.Other.Alarms.Select(alarm => (Key: ("callee", alarm.Key), alarm.Value))).ToDictionary(alarm => alarm.Key, alarm => alarm.Value),
        };
    }
}

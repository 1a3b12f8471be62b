using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Packets;
using Postern.Lab.Schedules;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;

namespace Postern.Tests.Schedules;

/// <summary>Schedules played for a test.</summary>
internal static class Played
{
    /// <summary>In loss-free worlds, where nothing but the ports decides.</summary>
    public static IReadOnlyList<ScheduleOutcome> Worlds(string product, string one, string other, int seeds, double patience = 60) => ScheduleRun.Run(new()
    {
        Product = product,
        One = BoxCatalogue.All[one],
        Other = BoxCatalogue.All[other],
        Seeds = seeds,
        Patience = TimeSpan.FromSeconds(patience),
    });

    /// <summary>One world, with everything that was seen in it.</summary>
    /// <param name="isInVain">Whether nothing of the second side's reaches the first, so that all that it would try is seen.</param>
    public static (ScheduleWorld World, IReadOnlyList<Sighting> Seen) Watched(string product, string one, string other, double seconds, bool isInVain = false, ulong seed = 1)
    {
        var plan = new SchedulePlan { Product = product, One = BoxCatalogue.All[one], Other = BoxCatalogue.All[other] };
        var world = new ScheduleWorld(plan.Pair, LabRandom.OfWorld(seed));
        var seen = new List<Sighting>();
        world.World.Tap += seen.Add;
        world.World.Internet.Blocked = isInVain ? header => header.Source.Address == Outer(2) && header.Destination.Address == Outer(1) : null;
        PublishedSchedules.Of(product).Start(world);
        world.World.RunUntil(() => world.DirectAt is not null, TimeSpan.FromSeconds(seconds));
        return (world, seen);
    }

    /// <summary>What a side has sent to others than the servers.</summary>
    public static IEnumerable<Sighting> SentBy(this IEnumerable<Sighting> seen, Party party) => seen.Where(sighting =>
        sighting.Kind == SightingKind.Sent && sighting.Packet.Header is { Transport: Transport.Udp } header
        && header.Source.Address == party.Address && !party.Server.Addresses.Contains(header.Destination.Address));

    public static bool DiedOnTheWay(this Sighting sighting) => sighting is { Kind: SightingKind.Dropped, Reason: DropReason.TimeExceeded };

    /// <summary>Fails where a count is further from what is expected than chance goes once in ten thousand times (four standard deviations).</summary>
    public static void ShouldBeAsLikelyAs(this int count, double odds, int worlds)
    {
        var (mean, margin) = (odds * worlds, 4 * Math.Sqrt(worlds * odds * (1 - odds)));
        ((double)count).ShouldBeInRange(mean - margin - 0.5, mean + margin + 0.5);
    }

    /// <summary>The odds that none of so many different ports out of all is one of the open ones: C(all - open, tried) / C(all, tried).</summary>
    public static double OddsOfNone(int all, int open, int tried) =>
        Enumerable.Range(0, tried).Aggregate(1.0, (odds, i) => odds * (all - open - i) / (all - i));

    private static IpAddress Outer(int number) => IpAddress.Parse($"198.51.100.{number}");
}

using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator;

namespace Postern.Lab.Schedules;

/// <summary>A product between two boxes, in as many worlds as it takes.</summary>
public sealed record SchedulePlan
{
    /// <summary>Routers on each home's link to the middle: as many as the products' short-lived openers (a time to live of up to 7) must not pass.</summary>
    public const int Hops = 6;

    /// <summary>One of <see cref="PublishedSchedules.Products"/>.</summary>
    public required string Product { get; init; }

    /// <summary>The box of the side that wants to reach the other.</summary>
    public required BoxDescription One { get; init; }

    public required BoxDescription Other { get; init; }

    /// <summary>Share of the packets that are lost on each home's line, in either direction.</summary>
    public double Loss { get; init; }

    /// <summary>Worlds.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>The first world's; the others follow it.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How long a direct path may take.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>40 ms there and back between the two, and between each and the server.</summary>
    internal PairOptions Pair => new() { One = One, Other = Other, Link = new() { Hops = Hops, Loss = Loss } };
}

using Postern.Lab.Boxes.Descriptions;

namespace Postern.Lab.Grid;

/// <summary>Which boxes meet, and how often.</summary>
public sealed record GridPlan
{
    /// <summary>Every one meets every one, itself too, in both orders: each calls once and is called once.</summary>
    public required IReadOnlyList<BoxDescription> Boxes { get; init; }

    /// <summary>Worlds for each pair.</summary>
    public int Seeds { get; init; } = 1;

    /// <summary>The first world's; the others follow it. A pair has the same worlds in every grid.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Whose published schedules are played as well, of <see cref="Schedules.PublishedSchedules.Products"/>.</summary>
    public IReadOnlyList<string> Products { get; init; } = [];

    /// <summary>Worlds at a time.</summary>
    public int Workers { get; init; } = Environment.ProcessorCount;
}

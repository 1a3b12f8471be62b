using Postern.Lab.Grid.Real;

namespace Postern.Lab.Grid;

/// <summary>A grid that has been run: the content of <c>grid.json</c>, whose names stay (docs/lab-grid.md).</summary>
public sealed record GridReport
{
    /// <summary>That of a new file. Rises when a name changes its meaning or goes; not when one is added.</summary>
    public const int LatestFormat = 2;

    public int Format { get; init; } = LatestFormat;

    /// <summary>The first seed.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Worlds for each pair.</summary>
    public required int Seeds { get; init; }

    /// <summary>Seconds of virtual time that a pair was given for a direct path.</summary>
    public required double Patience { get; init; }

    /// <summary>In the order of rows and columns.</summary>
    public required IReadOnlyList<GridBox> Boxes { get; init; }

    public required GridTotals Totals { get; init; }

    /// <summary>The programs that the pairs' meetings name, in the order of columns; absent where there are none.</summary>
    public IReadOnlyList<GridPeer>? Peers { get; init; }

    /// <summary>Row by row: the caller's box first.</summary>
    public required IReadOnlyList<GridPair> Pairs { get; init; }
}

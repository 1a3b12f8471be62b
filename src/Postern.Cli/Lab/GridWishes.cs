namespace Postern.Cli.Lab;

/// <summary>What was typed after <c>postern lab grid</c>.</summary>
internal sealed record GridWishes
{
    /// <summary>Ids of boxes, or files with a description of one; none for all that ship.</summary>
    public required IReadOnlyList<string> Boxes { get; init; }

    /// <summary>Worlds for each pair.</summary>
    public required int Seeds { get; init; }

    /// <summary>The first world's.</summary>
    public required ulong Seed { get; init; }

    /// <summary>Where the two files go; it is made where it does not exist.</summary>
    public required string Folder { get; init; }

    /// <summary>Whose published schedules are played as well.</summary>
    public required IReadOnlyList<string> Products { get; init; }

    /// <summary>Which programs meet for real.</summary>
    public required IReadOnlyList<string> Peers { get; init; }

    /// <summary>Which pairs meet for real, as "one+other"; "all" for all, none for the usual.</summary>
    public required IReadOnlyList<string> Pairs { get; init; }

    /// <summary>Files of earlier grids, whose meetings are to be shown too.</summary>
    public required IReadOnlyList<string> Earlier { get; init; }
}

namespace Postern.Lab.Grid;

/// <summary>What came of a pair.</summary>
public enum GridOutcome : byte
{
    /// <summary>No path at all.</summary>
    None,
    Relayed,
    Direct,
}

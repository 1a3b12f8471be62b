namespace Postern.Lab.Simulator;

/// <summary>What was seen of a packet.</summary>
public enum SightingKind : byte
{
    /// <summary>A host has sent it.</summary>
    Sent,

    /// <summary>A box has let it out or in, perhaps with other endpoints.</summary>
    Passed,

    /// <summary>A box has turned it round.</summary>
    TurnedRound,

    /// <summary>It went no further.</summary>
    Dropped,

    /// <summary>It has reached its host.</summary>
    Delivered,
}

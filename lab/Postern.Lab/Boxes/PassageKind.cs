namespace Postern.Lab.Boxes;

/// <summary>What a box did with a packet.</summary>
public enum PassageKind : byte
{
    /// <summary>It goes on, as the header now says.</summary>
    Passed,

    /// <summary>It goes back to where it came from, as the header now says: the box has turned it round.</summary>
    TurnedRound,

    /// <summary>It is gone.</summary>
    Dropped,

    /// <summary>It is gone, and the header is now the answer that goes back to its sender.</summary>
    Answered,
}

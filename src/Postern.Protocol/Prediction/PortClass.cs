namespace Postern.Protocol.Prediction;

/// <summary>What the other side can know beforehand of a NAT's next outer port.</summary>
public enum PortClass : byte
{
    /// <summary>Nothing was measured, or nothing usable.</summary>
    Unknown,

    /// <summary>It is the one that the server saw.</summary>
    Stays,

    /// <summary>The next one in a row.</summary>
    Counts,

    /// <summary>Any one of a known range.</summary>
    Draws,

    /// <summary>Another one, by no rule that was found.</summary>
    Moves,

    /// <summary>It is the one that the server saw, or lies as far from the inner one; but the outer address is any of several.</summary>
    Roams,
}

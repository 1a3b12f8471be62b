namespace Postern.Lab.Grid;

/// <summary>The forecast beside the outcome.</summary>
public enum GridAgreement : byte
{
    /// <summary>The forecast was sure, and came true.</summary>
    Agrees,

    /// <summary>The odds left it open.</summary>
    Open,

    /// <summary>The forecast was sure, and at least one world did otherwise.</summary>
    Contradicts,
}

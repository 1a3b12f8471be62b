namespace Postern.Lab.Boxes;

/// <summary>What a packet does that arrives from outside before the inside has opened the port to its sender.</summary>
public enum EarlyInbound : byte
{
    /// <summary>Nothing.</summary>
    Ignored,

    /// <summary>It takes the port for its own sender, so that the inside gets another one towards it (Linux with INPUT ACCEPT).</summary>
    TakesPort,

    /// <summary>Its sender is shut out for a while, whatever the inside opens.</summary>
    ShutsOut,
}

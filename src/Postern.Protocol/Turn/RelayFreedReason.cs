namespace Postern.Protocol.Turn;

/// <summary>Why an allocation ended at the server.</summary>
public enum RelayFreedReason
{
    /// <summary>The client gave it back.</summary>
    Released,

    /// <summary>The client did not refresh it.</summary>
    Expired,

    /// <summary>No socket could be opened.</summary>
    NoSocket,

    /// <summary>Its session or credential was revoked.</summary>
    Revoked,

    /// <summary>The stream to its client has ended.</summary>
    StreamEnded,
}

namespace Postern.Sessions.Sctp;

/// <summary>Where an outstanding chunk stands.</summary>
internal enum ChunkState : byte
{
    InFlight,

    /// <summary>Old enough to be lost, but beyond where the peer's list of gaps ends: neither in flight nor sent again yet.</summary>
    Unreported,

    /// <summary>Held for lost; waits to be sent again.</summary>
    Lost,

    /// <summary>Acknowledged in a gap block, which the peer may take back until the cumulative TSN passes.</summary>
    Acknowledged,

    /// <summary>Its message is given up (RFC 3758 §3.5).</summary>
    Abandoned,
}

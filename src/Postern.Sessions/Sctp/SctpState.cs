namespace Postern.Sessions.Sctp;

/// <summary>RFC 9260 §4.</summary>
internal enum SctpState
{
    /// <summary>Nothing was sent yet; an INIT is answered.</summary>
    Idle,
    CookieWait,
    CookieEchoed,
    Established,
    ShutdownPending,
    ShutdownSent,
    ShutdownReceived,
    ShutdownAckSent,

    /// <summary>Over: packets are answered with ABORT only.</summary>
    Closed,
}

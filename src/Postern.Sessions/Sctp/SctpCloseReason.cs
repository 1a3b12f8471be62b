namespace Postern.Sessions.Sctp;

/// <summary>Why an association ended.</summary>
public enum SctpCloseReason
{
    /// <summary>SHUTDOWN was asked for, here or there, and all data arrived.</summary>
    Shutdown,

    /// <summary><see cref="SctpAssociation.Abort"/> was called.</summary>
    Aborted,

    /// <summary>The peer sent ABORT.</summary>
    PeerAborted,

    /// <summary>No answer to INIT or COOKIE ECHO.</summary>
    HandshakeTimedOut,

    /// <summary>No answer to retransmissions (RFC 9260 §8.1).</summary>
    PeerUnreachable,

    /// <summary>The peer broke the protocol; the cause says how, and was sent to it.</summary>
    ProtocolViolation,

    /// <summary>The peer began a new association in place of this one (RFC 9260 §5.2.4 action A).</summary>
    PeerRestarted,
}

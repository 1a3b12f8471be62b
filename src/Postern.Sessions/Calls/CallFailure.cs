namespace Postern.Sessions.Calls;

/// <summary>Why a call ended without or against somebody's wish.</summary>
public enum CallFailure : byte
{
    None,

    /// <summary>No path could be validated (RFC 8445 §8.1.2, RFC 8863).</summary>
    NoPath,

    /// <summary>The other side is not there.</summary>
    PeerOffline,

    /// <summary>A path there was, but all of them fell silent (RFC 7675 §5.1).</summary>
    PathLost,

    /// <summary>The other side's certificate is not the one that its offer or answer names.</summary>
    WrongFingerprint,

    /// <summary>The offer or answer is not signed by the key that we know for that name.</summary>
    WrongIdentity,

    /// <summary>The same offer came before, or it is too old.</summary>
    Replayed,

    /// <summary>DTLS or SCTP could not be set up, or was ended by an error.</summary>
    Handshake,

    /// <summary>The other side refused the call.</summary>
    Refused,
}

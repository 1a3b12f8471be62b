namespace Postern;

/// <summary>Why a connection could not be made.</summary>
public enum ConnectFailure
{
    /// <summary>None of the others.</summary>
    Unknown,

    /// <summary>The switchboard cannot be reached, or ended the connection.</summary>
    ServerUnreachable,

    /// <summary>The switchboard refused: a wrong key for a known name, a limit, or a name that is not allowed.</summary>
    RefusedByServer,

    /// <summary>The peer is not there.</summary>
    PeerOffline,

    /// <summary>The peer refused.</summary>
    RefusedByPeer,

    /// <summary>The peer is not who it says: another key than the one known, or a certificate that the signed offer does not name.</summary>
    WrongIdentity,

    /// <summary>No path between the two could be found, not even over a relay.</summary>
    NoPath,

    /// <summary>The encryption could not be set up.</summary>
    Handshake,

    /// <summary>It took too long.</summary>
    Timeout,
}

namespace Postern.Sessions.Dtls;

/// <summary>Who or what closed a connection.</summary>
public enum DtlsCloser : byte
{
    /// <summary><see cref="DtlsConnection.Close"/> was called.</summary>
    Local,

    /// <summary>The peer sent close_notify.</summary>
    Peer,

    /// <summary>The peer sent an authenticated fatal alert.</summary>
    PeerAlert,

    /// <summary>All 2^48 record sequence numbers are spent (RFC 6347 §4.1).</summary>
    Exhaustion,
}

namespace Postern.Sessions.Dtls;

/// <summary>Where a <see cref="DtlsConnection"/> stands. It only ever moves down this list.</summary>
public enum DtlsState : byte
{
    /// <summary>Not started. A server listens already.</summary>
    New,

    /// <summary>The handshake is under way.</summary>
    Handshaking,

    /// <summary>Both Finished messages were verified: application data flows.</summary>
    Connected,

    /// <summary>It was connected or given up deliberately, and is over.</summary>
    Closed,

    /// <summary>The handshake failed.</summary>
    Failed,
}

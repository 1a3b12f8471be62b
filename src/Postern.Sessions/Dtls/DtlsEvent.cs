namespace Postern.Sessions.Dtls;

/// <summary>What a <see cref="DtlsConnection"/> reports.</summary>
public abstract record DtlsEvent
{
    private DtlsEvent()
    {
    }

    /// <summary>Both ends have proven to hold the keys of their certificates.</summary>
    /// <param name="PeerFingerprint">Of the peer's certificate; equals the expected one.</param>
    /// <param name="SrtpProfile">What use_srtp settled (RFC 5764 §4.1.1); null where it was not offered or nothing is shared.</param>
    public sealed record HandshakeCompleted(Fingerprint PeerFingerprint, SrtpProfile? SrtpProfile) : DtlsEvent;

    /// <summary>There will be no connection.</summary>
    /// <param name="Reason">Why.</param>
    /// <param name="Alert">The peer's alert where <paramref name="Reason"/> is <see cref="DtlsFailure.PeerAlert"/>, otherwise ours; null where none was sent.</param>
    public sealed record HandshakeFailed(DtlsFailure Reason, DtlsAlert? Alert) : DtlsEvent;

    /// <summary>The connection is over.</summary>
    public sealed record Closed(DtlsCloser By) : DtlsEvent;
}

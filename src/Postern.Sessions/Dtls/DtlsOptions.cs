namespace Postern.Sessions.Dtls;

/// <summary>What a <see cref="DtlsConnection"/> is made with.</summary>
public sealed record DtlsOptions
{
    /// <summary>Ours. Shared by any number of connections; whoever made it disposes of it.</summary>
    public required DtlsCertificate Certificate { get; init; }

    /// <summary>The only certificate that the peer may show. Null where it is not known yet: see <see cref="DtlsConnection.ExpectFingerprint"/>.</summary>
    public Fingerprint? ExpectedFingerprint { get; init; }

    /// <summary>Bytes, 256 to 16,384. Handshake flights are packed into datagrams of at most this size.</summary>
    public int MaximumDatagramSize { get; init; } = 1200;

    /// <summary>Until a flight is repeated for the first time; doubles up to 3 s. RFC 6347 §4.2.4.1 proposes 1 s for an unknown path; ICE has measured ours.</summary>
    public TimeSpan InitialTimeout { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>From the first ClientHello until the handshake is given up.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>In order of preference; empty leaves use_srtp away.</summary>
    public IReadOnlyList<SrtpProfile> SrtpProfiles { get; init; } = [];
}

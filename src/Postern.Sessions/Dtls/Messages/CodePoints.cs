namespace Postern.Sessions.Dtls.Messages;

/// <summary>The one choice that we make of every registry: what every WebRTC endpoint has.</summary>
internal static class CodePoints
{
    /// <summary>TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 (RFC 5289 §3.2).</summary>
    public const ushort CipherSuite = 0xC02B;

    /// <summary>TLS_EMPTY_RENEGOTIATION_INFO_SCSV (RFC 5746 §3.3).</summary>
    public const ushort RenegotiationSignal = 0x00FF;

    /// <summary>secp256r1 (RFC 8422 §5.1.1).</summary>
    public const ushort Group = 23;

    /// <summary>named_curve (RFC 8422 §5.4).</summary>
    public const byte NamedCurve = 3;

    /// <summary>uncompressed (RFC 8422 §5.1.2).</summary>
    public const byte PointFormat = 0;

    /// <summary>ecdsa with SHA-256 (RFC 5246 §7.4.1.4.1).</summary>
    public const ushort Signature = 0x0403;

    /// <summary>ecdsa_sign (RFC 8422 §5.5).</summary>
    public const byte CertificateType = 64;

    /// <summary>The null compression method.</summary>
    public const byte Compression = 0;
}

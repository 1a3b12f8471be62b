namespace Postern.Sessions.Dtls;

/// <summary>Why a handshake failed.</summary>
public enum DtlsFailure : byte
{
    None,

    /// <summary>The peer did not complete the handshake in <see cref="DtlsOptions.HandshakeTimeout"/>.</summary>
    Timeout,

    /// <summary>The peer sent a fatal alert and then nothing more.</summary>
    PeerAlert,

    /// <summary>A message that has no place at this point of the handshake (RFC 5246 §7.3).</summary>
    UnexpectedMessage,

    /// <summary>A message that cannot be decoded.</summary>
    Malformed,

    /// <summary>A field with a value that was not on offer.</summary>
    IllegalParameter,

    /// <summary>The peer does not speak DTLS 1.2.</summary>
    UnsupportedVersion,

    /// <summary>The peer lacks TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256.</summary>
    NoSharedCipherSuite,

    /// <summary>The peer lacks secp256r1 with uncompressed points.</summary>
    NoSharedGroup,

    /// <summary>The peer lacks ecdsa_secp256r1_sha256.</summary>
    NoSharedSignature,

    /// <summary>The peer lacks the extended master secret (RFC 7627 §5.2, §5.3).</summary>
    NoExtendedMasterSecret,

    /// <summary>The server lacks secure renegotiation, so that a splice could not be told (RFC 5746 §3.4).</summary>
    NoSecureRenegotiation,

    /// <summary>The server answered with an extension that was not offered (RFC 5246 §7.4.1.4).</summary>
    UnsolicitedExtension,

    /// <summary>The peer showed no certificate.</summary>
    NoCertificate,

    /// <summary>The peer's certificate has the expected fingerprint but is no X.509 certificate with a P-256 key.</summary>
    BadCertificate,

    /// <summary>The peer's certificate is not the expected one.</summary>
    FingerprintMismatch,

    /// <summary>The peer's key share is no uncompressed point on P-256.</summary>
    BadPoint,

    /// <summary>ServerKeyExchange or CertificateVerify is not signed by the certificate's key.</summary>
    BadSignature,

    /// <summary>Finished does not match: the two ends have seen different handshakes.</summary>
    BadFinished,
}

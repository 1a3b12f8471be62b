namespace Postern.Sessions.Dtls;

/// <summary>Which alert tells the peer of which failure (RFC 5246 §7.2.2).</summary>
internal static class FailureAlerts
{
    public static DtlsAlert? For(DtlsFailure failure) => failure switch
    {
        DtlsFailure.UnexpectedMessage => DtlsAlert.UnexpectedMessage,
        DtlsFailure.Malformed => DtlsAlert.DecodeError,
        DtlsFailure.IllegalParameter or DtlsFailure.BadPoint => DtlsAlert.IllegalParameter,
        DtlsFailure.UnsupportedVersion => DtlsAlert.ProtocolVersion,
        DtlsFailure.UnsolicitedExtension => DtlsAlert.UnsupportedExtension,
        DtlsFailure.BadCertificate or DtlsFailure.FingerprintMismatch => DtlsAlert.BadCertificate, // RFC 8122 §6.2
        DtlsFailure.BadSignature or DtlsFailure.BadFinished => DtlsAlert.DecryptError,
        DtlsFailure.None or DtlsFailure.Timeout or DtlsFailure.PeerAlert => null,
        _ => DtlsAlert.HandshakeFailure,
    };
}

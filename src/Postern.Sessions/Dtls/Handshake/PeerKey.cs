using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Postern.Sessions.Dtls.Messages;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>The public key in the peer's certificate. Nothing else of the certificate is believed or looked at.</summary>
internal sealed class PeerKey : IDisposable
{
    private const string EllipticCurveKey = "1.2.840.10045.2.1"; // RFC 5480
    private readonly ECDsa _key;

    private PeerKey(ECDsa key) => _key = key;

    // The DER of the object identifier 1.2.840.10045.3.1.7, secp256r1 (RFC 5480).
    private static ReadOnlySpan<byte> NamedP256 => [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];

    /// <summary>Null where the bytes are no certificate with a P-256 key. Never throws.</summary>
    public static PeerKey? FromCertificate(ReadOnlySpan<byte> der)
    {
        try
        {
            using var certificate = X509CertificateLoader.LoadCertificate(der);
            var key = certificate.PublicKey;
            var point = key.EncodedKeyValue.RawData;
            return key.Oid.Value == EllipticCurveKey && key.EncodedParameters is { } curve && NamedP256.SequenceEqual(curve.RawData) && P256.IsPoint(point)
                ? new(ECDsa.Create(P256.Parameters(point)))
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Whether <paramref name="signature"/> (DER) over <paramref name="hash"/> (SHA-256) is this key's.</summary>
    public bool Verifies(ushort algorithm, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (algorithm != CodePoints.Signature)
        {
            return false;
        }

        try
        {
            return _key.VerifyHash(hash, signature, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    public void Dispose() => _key.Dispose();
}

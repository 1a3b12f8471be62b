using System.Security.Cryptography;
using X509 = System.Security.Cryptography.X509Certificates;

namespace Postern.Sessions.Dtls;

/// <summary>A self-signed P-256 certificate with its key. Peers know it by its <see cref="Fingerprint"/> alone.</summary>
public sealed class DtlsCertificate : IDisposable
{
    // Nobody judges the dates of a certificate that is known by its fingerprint; a fixed range tells nobody our clock.
    private static readonly DateTimeOffset Beginning = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset End = new(2049, 12, 31, 0, 0, 0, TimeSpan.Zero);
    private readonly byte[] _der;
    private readonly ECDsa _key;

    internal DtlsCertificate(byte[] der, ECDsa key)
    {
        _der = der;
        _key = key;
        Fingerprint = Fingerprint.OfCertificate(der);
    }

    public Fingerprint Fingerprint { get; }

    public ReadOnlySpan<byte> Der => _der;

    /// <summary>A new key and a certificate over it, valid over a fixed span of years.</summary>
    public static DtlsCertificate Create() => Create(Beginning, End);

    /// <summary>A new key and a certificate over it.</summary>
    public static DtlsCertificate Create(DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new X509.CertificateRequest(new X509.X500DistinguishedName("CN=Postern"), key, HashAlgorithmName.SHA256);
        var serial = SHA256.HashData(key.ExportSubjectPublicKeyInfo()).AsSpan(0, 8);
        serial[0] = (byte)((serial[0] & 0x7F) | 0x40); // positive and without a leading zero, as DER wants its integers
        using var certificate = request.Create(request.SubjectName, X509.X509SignatureGenerator.CreateForECDsa(key), notBefore, notAfter, serial);
        return new(certificate.RawData, key);
    }

    public void Dispose() => _key.Dispose();

    /// <summary>An ECDSA signature, in DER, of a SHA-256 hash.</summary>
    internal byte[] Sign(ReadOnlySpan<byte> hash) => _key.SignHash(hash, DSASignatureFormat.Rfc3279DerSequence);
}

using System.Buffers.Text;
using System.Security.Cryptography;

namespace Postern.Protocol.Switching.Identity;

/// <summary>
/// Who a device is: an ECDSA key on P-256. It logs in by signing a challenge and signs every offer and answer, so that
/// neither switchboard nor relay can put themselves between two peers. Not a TLS key: the session has its own certificate.
/// </summary>
public sealed class PeerIdentity : IDisposable
{
    private readonly ECDsa _key;

    private PeerIdentity(ECDsa key)
    {
        _key = key;
        PublicKey = Base64Url.EncodeToString(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>The public key as <see cref="PeerKey"/> text.</summary>
    public string PublicKey { get; }

    public static PeerIdentity Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <summary>Reads a PKCS#8 PEM; throws <see cref="FormatException"/> when it is none, or of another curve.</summary>
    public static PeerIdentity Import(string pem)
    {
        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(pem);
            var identity = new PeerIdentity(key);
            return PeerKey.IsWellFormed(identity.PublicKey) ? identity : throw new FormatException("The identity's key is not on the curve P-256.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or FormatException)
        {
            key.Dispose();
            throw e as FormatException ?? new FormatException("The identity is not a PKCS#8 PEM of an ECDSA key.", e);
        }
    }

    /// <summary>The private key as PKCS#8 PEM: a secret, to be kept in a file that only its owner may read.</summary>
    public string Export() => _key.ExportPkcs8PrivateKeyPem();

    /// <summary>ECDSA over SHA-256 in IEEE P1363 form, as base64url (what WebCrypto signs, too).</summary>
    public string Sign(ReadOnlySpan<byte> bytes) =>
        Base64Url.EncodeToString(_key.SignData(bytes, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation));

    public void Dispose() => _key.Dispose();
}

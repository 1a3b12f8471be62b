using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Postern.Protocol.Switching.Identity;

/// <summary>
/// A public key as text: base64url of the SubjectPublicKeyInfo of a point on P-256, uncompressed (RFC 5480 §2.1.1).
/// There is exactly one such text for a key, so that texts can be compared.
/// </summary>
public static class PeerKey
{
    /// <summary>91 bytes in base64url without padding.</summary>
    public const int TextLength = 122;

    /// <summary>r and s of 32 bytes each (IEEE P1363), in base64url.</summary>
    public const int SignatureTextLength = 86;

    private const int Size = 91;
    private const int SignatureSize = 64;

    // SEQUENCE { SEQUENCE { id-ecPublicKey, secp256r1 }, BIT STRING { 0 unused bits, 04 (uncompressed) … } }
    private static ReadOnlySpan<byte> Prefix =>
    [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
        0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];

    /// <summary>Whether the text has the form of a key; whether its point is on the curve shows <see cref="Verify"/>.</summary>
    public static bool IsWellFormed([NotNullWhen(true)] string? key)
    {
        Span<byte> bytes = stackalloc byte[Size];
        return key is { Length: TextLength } && "AQgw".Contains(key[^1]) && TryDecode(key, bytes) && bytes.StartsWith(Prefix); // no bits left over: one text only
    }

    /// <summary>Whether the signature text has the form of one.</summary>
    public static bool IsSignature([NotNullWhen(true)] string? signature) =>
        signature is { Length: SignatureTextLength } && Base64Url.IsValid(signature, out var size) && size == SignatureSize;

    /// <summary>Whether this key signed these bytes (ECDSA, SHA-256, IEEE P1363 form). False, never an exception, for any nonsense.</summary>
    public static bool Verify(string key, ReadOnlySpan<byte> signed, string signature)
    {
        Span<byte> spki = stackalloc byte[Size];
        Span<byte> rs = stackalloc byte[SignatureSize];
        if (!IsWellFormed(key) || !IsSignature(signature) || !TryDecode(key, spki) || !TryDecode(signature, rs))
        {
            return false;
        }

        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(spki, out _);
            return ecdsa.VerifyData(signed, rs, HashAlgorithmName.SHA256, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
        }
        catch (CryptographicException)
        {
            return false; // the point is not on the curve
        }
    }

    private static bool TryDecode(string text, Span<byte> destination) =>
        Base64Url.IsValid(text, out var size) && size == destination.Length && Base64Url.TryDecodeFromChars(text, destination, out _);
}

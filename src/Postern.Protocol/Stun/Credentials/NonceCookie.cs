using System.Buffers.Text;

namespace Postern.Protocol.Stun.Credentials;

/// <summary>The first 13 characters of a nonce that carries security features: "obMatJos2" and 24 bits in base64 (RFC 8489 §9.2).</summary>
internal static class NonceCookie
{
    public const int Size = 13;
    private const int FeatureBytes = 3;

    private static ReadOnlySpan<byte> Prefix => "obMatJos2"u8;

    public static void Write(Span<byte> nonce, SecurityFeatures features)
    {
        Prefix.CopyTo(nonce);
        ReadOnlySpan<byte> bits = [(byte)((int)features >> 16), (byte)((int)features >> 8), (byte)features];
        Base64.EncodeToUtf8(bits, nonce[Prefix.Length..Size], out _, out _);
    }

    /// <summary>The features of a nonce; <see cref="SecurityFeatures.None"/> where it has no cookie.</summary>
    public static SecurityFeatures Read(ReadOnlySpan<byte> nonce)
    {
        Span<byte> bits = stackalloc byte[FeatureBytes];
        return nonce.Length >= Size && nonce.StartsWith(Prefix)
            && Base64.DecodeFromUtf8(nonce[Prefix.Length..Size], bits, out _, out var written) == System.Buffers.OperationStatus.Done
            && written == FeatureBytes
            ? (SecurityFeatures)((bits[0] << 16) | (bits[1] << 8) | bits[2])
            : SecurityFeatures.None;
    }
}

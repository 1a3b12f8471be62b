using System.Security.Cryptography;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>The pseudorandom function of TLS 1.2 over HMAC-SHA256 (RFC 5246 §5).</summary>
internal static class Prf
{
    private const int HashSize = SHA256.HashSizeInBytes;

    /// <summary>PRF(secret, label, seed), as many bytes as <paramref name="output"/> holds.</summary>
    public static void Expand(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> label, ReadOnlySpan<byte> seed, Span<byte> output)
    {
        // | A(i) | label | seed |: the HMAC over all of it is output, the HMAC over A(i) alone is A(i + 1).
        var buffer = new byte[HashSize + label.Length + seed.Length];
        label.CopyTo(buffer.AsSpan(HashSize));
        seed.CopyTo(buffer.AsSpan(HashSize + label.Length));
        var a = buffer.AsSpan(0, HashSize);
        Span<byte> block = stackalloc byte[HashSize];
        HMACSHA256.HashData(secret, buffer.AsSpan(HashSize), block);
        while (true)
        {
            block.CopyTo(a);
            HMACSHA256.HashData(secret, buffer, block);
            var count = Math.Min(HashSize, output.Length);
            block[..count].CopyTo(output);
            output = output[count..];
            if (output.IsEmpty)
            {
                break;
            }

            HMACSHA256.HashData(secret, a, block);
        }

        CryptographicOperations.ZeroMemory(buffer);
        CryptographicOperations.ZeroMemory(block);
    }
}

using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Postern.Net.Tests.Counterparts;

/// <summary>Marsaglia's xorshift32 as little-endian words: the same bytes from the same seed here and in every counterpart.</summary>
internal static class PseudoRandomBytes
{
    /// <summary>So many bytes from the seed (0 counts as 1).</summary>
    public static byte[] Make(int count, uint seed)
    {
        var bytes = new byte[(count + 3) / 4 * 4];
        var x = seed == 0 ? 1 : seed;
        for (var i = 0; i < bytes.Length; i += 4)
        {
            x ^= x << 13;
            x ^= x >> 17;
            x ^= x << 5;
            BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(i), x);
        }

        return bytes[..count];
    }

    /// <summary>The SHA-256 of those bytes, in small hexadecimal digits.</summary>
    public static string Digest(int count, uint seed) => Convert.ToHexStringLower(SHA256.HashData(Make(count, seed)));
}

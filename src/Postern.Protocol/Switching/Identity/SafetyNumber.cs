using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Postern.Protocol.Switching.Identity;

/// <summary>
/// What two people read to each other to be sure of their keys: twelve groups of five digits (199 bits), the same on both
/// sides. And the short form of a single key, for lists.
/// </summary>
public static class SafetyNumber
{
    private const int Groups = 12;
    private const int BytesPerGroup = 5; // 2^40 mod 10^5: the bias is below 10^-7

    /// <summary>"12345 67890 …" of both keys, in whichever order they are given.</summary>
    public static string Of(string oneKey, string otherKey)
    {
        var swapped = string.CompareOrdinal(oneKey, otherKey) > 0;
        var (first, second) = swapped ? (otherKey, oneKey) : (oneKey, otherKey);
        Span<byte> digest = stackalloc byte[2 * SHA256.HashSizeInBytes];
        for (var half = 0; half < 2; half++)
        {
            SHA256.HashData(new SignedBytes("postern safety number 1").Add(half).Add(first).Add(second).Bytes, digest[(half * SHA256.HashSizeInBytes)..]);
        }

        return Digits(digest);
    }

    /// <summary>Sixteen hexadecimal digits of a key's SHA-256 in groups of four: to tell keys apart, not to be trusted like the full number.</summary>
    public static string Short(string key)
    {
        var hex = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 8));
        return $"{hex[..4]} {hex[4..8]} {hex[8..12]} {hex[12..]}";
    }

    private static string Digits(ReadOnlySpan<byte> digest)
    {
        var text = new StringBuilder(Groups * 6);
        for (var i = 0; i < Groups; i++)
        {
            var group = digest.Slice(i * BytesPerGroup, BytesPerGroup);
            var number = ((ulong)group[0] << 32) | BinaryPrimitives.ReadUInt32BigEndian(group[1..]);
            text.Append(i == 0 ? "" : " ").Append((number % 100_000).ToString("00000"));
        }

        return text.ToString();
    }
}

using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Postern.Protocol.Stun;

/// <summary>
/// MESSAGE-INTEGRITY and MESSAGE-INTEGRITY-SHA256 (RFC 8489 §14.5, §14.6): an HMAC over the message up to the attribute,
/// with the length field as if the attribute were the last.
/// </summary>
internal static class StunIntegrity
{
    public const int Sha1Size = 20;
    public const int Sha256Size = 32;
    private const int StackLimit = 2048;

    public static bool VerifySha1(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key)
    {
        if (BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]) != Sha1Size)
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[Sha1Size];
        Compute(message[..offset], Sha1Size, key, expected, sha256: false);
        return CryptographicOperations.FixedTimeEquals(expected, message.Slice(offset + 4, Sha1Size));
    }

    public static bool VerifySha256(ReadOnlySpan<byte> message, int offset, ReadOnlySpan<byte> key, int minimum)
    {
        int size = BinaryPrimitives.ReadUInt16BigEndian(message[(offset + 2)..]);
        if (size < Math.Max(minimum, 16) || size > Sha256Size || size % 4 != 0) // RFC 8489 §14.6: never truncated to less than 16
        {
            return false;
        }

        Span<byte> expected = stackalloc byte[Sha256Size];
        Compute(message[..offset], size, key, expected, sha256: true);
        return CryptographicOperations.FixedTimeEquals(expected[..size], message.Slice(offset + 4, size));
    }

    /// <summary>The HMAC of <paramref name="head"/> once its length field covers an attribute of <paramref name="size"/> bytes at its end.</summary>
    public static void Compute(ReadOnlySpan<byte> head, int size, ReadOnlySpan<byte> key, Span<byte> mac, bool sha256)
    {
        byte[]? rented = null;
        var copy = head.Length <= StackLimit ? stackalloc byte[StackLimit] : rented = ArrayPool<byte>.Shared.Rent(head.Length);
        copy = copy[..head.Length];
        head.CopyTo(copy);
        BinaryPrimitives.WriteUInt16BigEndian(copy[2..], (ushort)(head.Length - StunMessage.HeaderSize + 4 + size));
        if (sha256)
        {
            HMACSHA256.HashData(key, copy, mac);
        }
        else
        {
            HMACSHA1.HashData(key, copy, mac);
        }

        if (rented is not null)
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }
}

using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Protocol.Stun;

/// <summary>The value of an address attribute, plain or XORed with cookie and transaction id (RFC 8489 §14.1, §14.2).</summary>
/// <remarks><code>| 0 (8) | family (8): 1 = IPv4, 2 = IPv6 | port (16) | address (32 or 128) |</code></remarks>
internal static class StunAddress
{
    public const int MaximumSize = 20;

    public static bool TryRead(ReadOnlySpan<byte> value, out Endpoint endpoint)
    {
        endpoint = default;
        if (value.Length < 8 || value.Length != (value[1] == 1 ? 8 : 20) || value[1] is not (1 or 2))
        {
            return false;
        }

        endpoint = new(IpAddress.FromBytes(value[4..]), BinaryPrimitives.ReadUInt16BigEndian(value[2..]));
        return true;
    }

    /// <param name="value">The attribute's value.</param>
    /// <param name="mask">The 16 bytes of cookie and transaction id.</param>
    /// <param name="endpoint">The address in clear.</param>
    public static bool TryReadXor(ReadOnlySpan<byte> value, ReadOnlySpan<byte> mask, out Endpoint endpoint)
    {
        endpoint = default;
        if (value.Length > MaximumSize)
        {
            return false;
        }

        Span<byte> clear = stackalloc byte[MaximumSize];
        value.CopyTo(clear);
        Mask(clear[..value.Length], mask);
        return TryRead(clear[..value.Length], out endpoint);
    }

    /// <summary>Writes 8 or 20 bytes and returns how many.</summary>
    public static int Write(Span<byte> value, Endpoint endpoint)
    {
        value[0] = 0;
        value[1] = (byte)(endpoint.IsV4 ? 1 : 2);
        BinaryPrimitives.WriteUInt16BigEndian(value[2..], endpoint.Port);
        return 4 + endpoint.Address.Write(value[4..]);
    }

    public static int WriteXor(Span<byte> value, ReadOnlySpan<byte> mask, Endpoint endpoint)
    {
        var length = Write(value, endpoint);
        Mask(value[..length], mask);
        return length;
    }

    private static void Mask(Span<byte> value, ReadOnlySpan<byte> mask)
    {
        if (value.Length < 4)
        {
            return;
        }

        value[2] ^= mask[0];
        value[3] ^= mask[1];
        for (var i = 4; i < value.Length; i++)
        {
            value[i] ^= mask[i - 4];
        }
    }
}

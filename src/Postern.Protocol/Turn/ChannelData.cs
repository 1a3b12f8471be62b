using System.Buffers.Binary;

namespace Postern.Protocol.Turn;

/// <summary>The ChannelData message (RFC 8656 §12.4): four bytes before the payload instead of 36.</summary>
/// <remarks><code>| channel number 0x4000–0x4FFF (16) | length of the data (16) | data |</code></remarks>
public static class ChannelData
{
    public const int HeaderSize = 4;

    /// <summary>Whether the first byte says ChannelData (RFC 7983 §7: 64 to 79).</summary>
    public static bool LooksLike(ReadOnlySpan<byte> datagram) => datagram.Length >= HeaderSize && (datagram[0] & 0xF0) == 0x40;

    /// <summary>False where the length field reaches past the datagram (RFC 8656 §12.6); bytes after it are padding and ignored.</summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, out ushort channel, out ReadOnlySpan<byte> data)
    {
        channel = 0;
        data = default;
        return LooksLike(datagram) && TryRead(datagram, out channel, out data);
    }

    /// <summary>As <see cref="LooksLike"/>, with the numbers that RFC 5766 allowed too.</summary>
    internal static bool LooksLikeOld(ReadOnlySpan<byte> datagram) => datagram.Length >= HeaderSize && (datagram[0] & 0xC0) == 0x40;

    internal static bool TryRead(ReadOnlySpan<byte> datagram, out ushort channel, out ReadOnlySpan<byte> data)
    {
        channel = 0;
        data = default;
        var length = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (length > datagram.Length - HeaderSize)
        {
            return false;
        }

        channel = BinaryPrimitives.ReadUInt16BigEndian(datagram);
        data = datagram.Slice(HeaderSize, length);
        return true;
    }

    /// <summary>Writes the header of a message with <paramref name="length"/> bytes of data. Over UDP nothing is padded.</summary>
    public static void WriteHeader(Span<byte> header, ushort channel, int length)
    {
        BinaryPrimitives.WriteUInt16BigEndian(header, channel);
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], checked((ushort)length));
    }
}

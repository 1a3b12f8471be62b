using System.Buffers.Binary;
using System.Text;

namespace Postern.Sessions.Sctp;

/// <summary>DATA_CHANNEL_OPEN (RFC 8832 §5.1).</summary>
/// <remarks>
/// <code>
///  | type 3 (8) | channel type (8) |      priority (16)      |
///  |           reliability parameter (32)                    |
///  |     label length (16)         |  protocol length (16)   |
///  |   label, protocol (UTF-8)                               |
/// </code>
/// </remarks>
public sealed record ChannelOpenMessage(string Label, DataChannelOptions Options)
{
    public const byte Type = 3;

    /// <summary>DATA_CHANNEL_ACK (RFC 8832 §5.2).</summary>
    public const byte AckType = 2;

    private const int HeaderSize = 12;
    private const ushort NormalPriority = 256; // RFC 8831 §6.4
    private const byte PartialByRetransmissions = 1;
    private const byte PartialByLifetime = 2;
    private const byte Unordered = 0x80;

    /// <summary>False where lengths do not fit or the channel type is unknown.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out ChannelOpenMessage? message)
    {
        message = null;
        if (bytes.Length < HeaderSize || bytes[0] != Type)
        {
            return false;
        }

        int label = BinaryPrimitives.ReadUInt16BigEndian(bytes[8..]);
        int protocol = BinaryPrimitives.ReadUInt16BigEndian(bytes[10..]);
        var parameter = BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        var kind = bytes[1] & ~Unordered;
        if (bytes.Length < HeaderSize + label + protocol || kind > PartialByLifetime)
        {
            return false;
        }

        message = new(Encoding.UTF8.GetString(bytes.Slice(HeaderSize, label)), new()
        {
            Ordered = (bytes[1] & Unordered) == 0,
            MaxRetransmits = kind == PartialByRetransmissions ? (int)Math.Min(parameter, int.MaxValue) : null,
            MaxLifetime = kind == PartialByLifetime ? TimeSpan.FromMilliseconds(parameter) : null,
            Protocol = Encoding.UTF8.GetString(bytes.Slice(HeaderSize + label, protocol)),
        });
        return true;
    }

    /// <summary>A label or protocol of more than 65,535 bytes throws.</summary>
    public byte[] ToBytes()
    {
        var label = Encoding.UTF8.GetBytes(Label);
        var protocol = Encoding.UTF8.GetBytes(Options.Protocol);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(label.Length, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(protocol.Length, ushort.MaxValue);
        var bytes = new byte[HeaderSize + label.Length + protocol.Length];
        bytes[0] = Type;
        bytes[1] = (byte)((Options.Ordered ? 0 : Unordered)
            | (Options.MaxRetransmits is not null ? PartialByRetransmissions : Options.MaxLifetime is not null ? PartialByLifetime : 0));
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), NormalPriority);
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(4), Parameter);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(8), (ushort)label.Length);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(10), (ushort)protocol.Length);
        label.CopyTo(bytes, HeaderSize);
        protocol.CopyTo(bytes, HeaderSize + label.Length);
        return bytes;
    }

    private uint Parameter =>
        Options.MaxRetransmits is { } count ? (uint)count : (uint)Math.Min(Options.MaxLifetime?.TotalMilliseconds ?? 0, uint.MaxValue);
}

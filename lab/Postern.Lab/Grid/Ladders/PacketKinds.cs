using System.Buffers.Binary;
using Postern.Lab.Packets;
using Postern.Protocol.Stun;

namespace Postern.Lab.Grid.Ladders;

/// <summary>Tells packets apart by their first bytes (RFC 7983 §7).</summary>
internal static class PacketKinds
{
    private const byte FullLife = 32; // what hosts give their packets is more, what openers get is less
    private const int StunHeader = 20;
    private const ushort DataAttribute = 0x0013; // RFC 8656 §18

    /// <summary>Null for what a ladder need not show: TCP segments without text.</summary>
    public static LadderKind? Of(Packet packet)
    {
        var payload = packet.Payload.Span;
        return packet.Header.Transport switch
        {
            Transport.Tcp => payload.IsEmpty ? null
                : payload is [0, 0, _, _, < 4 or (>= 64 and < 80), ..] ? OfDatagram(payload[4..], FullLife) // behind its length: the way to the relay
                : LadderKind.Signal,
            Transport.IcmpError => LadderKind.Refusal,
            Transport.Udp => OfDatagram(payload, packet.Header.TimeToLive),
            _ => LadderKind.Other,
        };
    }

    private static LadderKind OfDatagram(ReadOnlySpan<byte> payload, byte timeToLive) => payload switch
    {
        [< 4, ..] when payload.Length >= StunHeader => OfStun(payload, timeToLive),
        [23, ..] => LadderKind.Data,
        [>= 20 and < 64, ..] => LadderKind.Handshake,
        [>= 64 and < 80, _, _, _, .. var inner] => Relayed(inner),
        _ => LadderKind.Other,
    };

    private static LadderKind OfStun(ReadOnlySpan<byte> payload, byte timeToLive)
    {
        var type = BinaryPrimitives.ReadUInt16BigEndian(payload);
        var method = (StunMethod)((type & 0x000F) | ((type & 0x00E0) >> 1) | ((type & 0x3E00) >> 2)); // RFC 8489 §5
        return method switch
        {
            StunMethod.Binding when (type & 0x0110) != 0 => LadderKind.Answer,
            StunMethod.Binding => timeToLive < FullLife ? LadderKind.Opener : LadderKind.Check,
            StunMethod.Send or StunMethod.Data => Relayed(DataOf(payload)),
            _ => LadderKind.Turn,
        };
    }

    private static LadderKind Relayed(ReadOnlySpan<byte> inner) => inner switch
    {
        [23, ..] => LadderKind.RelayedData,
        [>= 20 and < 64, ..] => LadderKind.RelayedHandshake,
        _ => LadderKind.RelayedCheck,
    };

    private static ReadOnlySpan<byte> DataOf(ReadOnlySpan<byte> message)
    {
        for (var at = StunHeader; at + 4 <= message.Length;)
        {
            var (type, length) = (BinaryPrimitives.ReadUInt16BigEndian(message[at..]), BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]));
            if (type == DataAttribute && at + 4 + length <= message.Length)
            {
                return message.Slice(at + 4, length);
            }

            at += 4 + ((length + 3) & ~3);
        }

        return default;
    }
}

using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Turn;

/// <summary>Send and Data indications (RFC 8656 §11): a peer's address and a payload, either way the same form.</summary>
internal static class TurnIndication
{
    /// <summary>Bytes before the payload: header, XOR-PEER-ADDRESS, the header of DATA.</summary>
    public const int HeaderSizeV4 = 20 + 12 + 4;
    public const int HeaderSizeV6 = 20 + 24 + 4;

    /// <summary>DATA is padded to 4 bytes.</summary>
    public const int MaximumPadding = 3;

    public static int HeaderSize(Endpoint peer) => peer.IsV4 ? HeaderSizeV4 : HeaderSizeV6;

    /// <summary>The longest payload whose padded attributes a STUN message can count: its length field has 16 bits (RFC 8489 §5).</summary>
    public static int LongestPayload(Endpoint peer) => (ushort.MaxValue - (HeaderSize(peer) - StunMessage.HeaderSize)) & ~MaximumPadding;

    /// <summary>Type 0x0016 (Send) or 0x0017 (Data) in the first two bytes.</summary>
    public static bool LooksLike(ReadOnlySpan<byte> datagram, StunMethod method) =>
        datagram.Length >= StunMessage.HeaderSize && datagram[0] == 0 && datagram[1] == (0x10 | (int)method);

    /// <summary>
    /// Takes an indication apart; false where it is malformed or holds an attribute that we would have to understand
    /// (RFC 8489 §6.3.2: such an indication is dropped).
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> datagram, StunMethod method, out Endpoint peer, out ReadOnlySpan<byte> payload)
    {
        peer = default;
        payload = default;
        if (!LooksLike(datagram, method) || StunMessage.TryParse(datagram, out var message) != StunError.None || message.IsClassic)
        {
            return false;
        }

        bool hasPeer = false, hasData = false;
        foreach (var field in message.Fields)
        {
            switch (field.Type)
            {
                case StunAttributeType.XorPeerAddress when !hasPeer:
                    hasPeer = StunAddress.TryReadXor(field.Value, datagram.Slice(4, 16), out peer);
                    break;
                case StunAttributeType.Data when !hasData:
                    payload = field.Value;
                    hasData = true;
                    break;
                case StunAttributeType.XorPeerAddress or StunAttributeType.Data:
                    break; // a second one is ignored
                default:
                    if (field.IsComprehensionRequired)
                    {
                        return false;
                    }

                    break;
            }
        }

        return hasPeer && hasData;
    }

    /// <summary>Writes a whole indication; the payload may already lie in the buffer where it belongs. Returns its length.</summary>
    public static int Write(Span<byte> buffer, StunMethod method, TransactionId id, Endpoint peer, ReadOnlySpan<byte> payload)
    {
        var writer = new StunWriter(buffer, StunClass.Indication, method, id);
        writer.AddXorAddress(StunAttributeType.XorPeerAddress, peer);
        writer.Add(StunAttributeType.Data, payload);
        return writer.Length;
    }
}

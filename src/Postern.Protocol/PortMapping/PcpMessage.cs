using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Protocol.PortMapping;

/// <summary>PCP on the wire (RFC 6887 §7, §11, §14.1).</summary>
public static class PcpMessage
{
    /// <summary>RFC 6887 §14.1: asks nothing but whether somebody is there.</summary>
    public const byte AnnounceOpcode = 0;

    /// <summary>RFC 6887 §11.</summary>
    public const byte MapOpcode = 1;

    /// <summary>RFC 6887 §7.4: the gateway speaks another version, such as NAT-PMP.</summary>
    public const ushort UnsupportedVersion = 1;

    /// <summary>RFC 6887 §7.4.</summary>
    public const ushort NotAuthorized = 2;

    /// <summary>RFC 6887 §7.4: the client's address is not the one that the datagram came from, so a NAT stands between.</summary>
    public const ushort AddressMismatch = 12;

    private const int HeaderSize = 24;
    private const int MapSize = 60;
    private const int NonceSize = 12;
    private const byte Udp = 17;

    /// <summary>Returns its length.</summary>
    public static int WriteAnnounce(Span<byte> buffer, IpAddress client) => WriteHeader(buffer, AnnounceOpcode, 0, client);

    /// <summary>The request for a UDP port under a nonce of 96 bits; a lifetime of 0 gives it back (RFC 6887 §15).</summary>
    public static int WriteMapRequest(Span<byte> buffer, IpAddress client, UInt128 nonce, ushort internalPort, ushort suggested, uint lifetime)
    {
        WriteHeader(buffer, MapOpcode, lifetime, client);
        var map = buffer[HeaderSize..MapSize];
        map.Clear();
        WriteNonce(map, nonce);
        map[12] = Udp;
        BinaryPrimitives.WriteUInt16BigEndian(map[16..], internalPort);
        BinaryPrimitives.WriteUInt16BigEndian(map[18..], suggested);
        BinaryPrimitives.WriteUInt128BigEndian(map[20..], client.IsV4 ? IpAddress.AnyV4.Bits : 0); // RFC 6887 §11.1: no preference
        return MapSize;
    }

    internal static bool TryParse(ReadOnlySpan<byte> datagram, out PortMappingAnswer answer)
    {
        answer = default;
        if (datagram.Length < HeaderSize)
        {
            return false;
        }

        var opcode = (byte)(datagram[1] & ~NatPmpMessage.ResponseBit);
        answer = new((byte)PortMappingProtocol.Pcp, opcode, datagram[3], BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]), 0, 0, IpAddress.Any, 0);
        if (opcode != MapOpcode)
        {
            return opcode == AnnounceOpcode;
        }

        if (datagram.Length < MapSize)
        {
            return answer.Result != 0; // RFC 6887 §8.3 wants the request copied; an error says enough without
        }

        var map = datagram[HeaderSize..MapSize];
        answer = answer with
        {
            Nonce = BinaryPrimitives.ReadUInt128BigEndian(datagram[(HeaderSize - 4)..]) & ((UInt128.One << (8 * NonceSize)) - 1),
            InternalPort = BinaryPrimitives.ReadUInt16BigEndian(map[16..]),
            ExternalPort = BinaryPrimitives.ReadUInt16BigEndian(map[18..]),
            External = IpAddress.FromBytes(map[20..36]),
        };
        return true;
    }

    private static int WriteHeader(Span<byte> buffer, byte opcode, uint lifetime, IpAddress client)
    {
        buffer[..HeaderSize].Clear();
        buffer[0] = (byte)PortMappingProtocol.Pcp;
        buffer[1] = opcode;
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], lifetime);
        BinaryPrimitives.WriteUInt128BigEndian(buffer[8..], client.Bits);
        return HeaderSize;
    }

    private static void WriteNonce(Span<byte> map, UInt128 nonce)
    {
        BinaryPrimitives.WriteUInt64BigEndian(map, (ulong)(nonce >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(map[8..], (uint)nonce);
    }
}

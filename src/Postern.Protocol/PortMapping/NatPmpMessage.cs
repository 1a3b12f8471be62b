using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Protocol.PortMapping;

/// <summary>NAT-PMP on the wire (RFC 6886 §3).</summary>
public static class NatPmpMessage
{
    /// <summary>RFC 6886 §3: where gateways listen; PCP's server port too (RFC 6887 §19.1).</summary>
    public const ushort ServerPort = 5351;

    /// <summary>RFC 6886 §3.2: the gateway's outer address.</summary>
    public const byte AddressOpcode = 0;

    /// <summary>RFC 6886 §3.3: a UDP port; TCP would be 2.</summary>
    public const byte MapUdpOpcode = 1;

    /// <summary>RFC 6886 §3.5: with it a gateway answers an unknown version, and a PCP server our version 0 where it speaks only PCP.</summary>
    public const ushort UnsupportedVersion = 1;

    /// <summary>RFC 6886 §3.5: "Not Authorized/Refused".</summary>
    public const ushort NotAuthorized = 2;

    internal const byte ResponseBit = 0x80;

    /// <summary>The question for the outer address; returns its length.</summary>
    public static int WriteAddressRequest(Span<byte> buffer)
    {
        buffer[..2].Clear();
        return 2;
    }

    /// <summary>The request for a UDP port; a lifetime of 0 gives it back, and then the suggestion must be 0 too (RFC 6886 §3.4).</summary>
    public static int WriteMapRequest(Span<byte> buffer, ushort internalPort, ushort suggested, uint lifetime)
    {
        buffer[..12].Clear();
        buffer[1] = MapUdpOpcode;
        BinaryPrimitives.WriteUInt16BigEndian(buffer[4..], internalPort);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[6..], suggested);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[8..], lifetime);
        return 12;
    }

    internal static bool TryParse(ReadOnlySpan<byte> datagram, out PortMappingAnswer answer)
    {
        var opcode = (byte)(datagram[1] & ~ResponseBit);
        var result = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        answer = new(0, opcode, result, 0, 0, 0, IpAddress.Any, 0);
        if (result != 0)
        {
            return true; // what follows an error is undefined, and some gateways cut it off
        }

        switch (opcode)
        {
            case AddressOpcode when datagram.Length >= 12:
                answer = answer with { External = IpAddress.FromBytes(datagram[8..12]) };
                return true;
            case MapUdpOpcode when datagram.Length >= 16:
                answer = answer with
                {
                    InternalPort = BinaryPrimitives.ReadUInt16BigEndian(datagram[8..]),
                    ExternalPort = BinaryPrimitives.ReadUInt16BigEndian(datagram[10..]),
                    Lifetime = BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]),
                };
                return true;
            default:
                return false;
        }
    }
}

using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Lab.Packets;

/// <summary>
/// The bytes of an IP packet as a header that boxes judge, and a changed header back into the bytes: addresses, ports or
/// identifier, time to live, and the same of the packet that an ICMP error quotes. Checksums follow by difference, so what was
/// wrong before stays wrong and what was right stays right. No bytes throw.
/// </summary>
public static class IpPacket
{
    internal const int V4Header = 20;
    internal const int V6Header = 40;
    internal const int UdpHeader = 8;
    internal const int TcpHeader = 20;
    internal const int IcmpHeader = 8;
    private const int FragmentUnit = 8; // RFC 791 §3.1: offsets count in units of eight bytes

    /// <summary>Reads the headers; ports of a later fragment are 0. Bytes behind the packet's own length are ignored.</summary>
    public static PacketFault TryRead(ReadOnlySpan<byte> packet, out PacketHeader header, out PacketShape shape)
    {
        header = default;
        var fault = IpHeaders.TryRead(packet, isQuoted: false, out shape, out var addresses);
        if (fault != PacketFault.None)
        {
            return fault;
        }

        header.TimeToLive = packet[shape.IsV4 ? 8 : 7];
        (header.Source, header.Destination) = (new(addresses.Source, 0), new(addresses.Destination, 0));
        if (Known(shape.Protocol, shape.IsV4) is not { } transport)
        {
            return PacketFault.OtherTransport;
        }

        header.Transport = transport;
        return shape.IsLaterFragment ? PacketFault.None : TransportHeaders.TryRead(packet[..shape.Length], ref header, ref shape);
    }

    /// <summary>Writes what the header says now into the packet that it was read from.</summary>
    public static void Write(Span<byte> packet, in PacketShape shape, in PacketHeader header)
    {
        var change = IpHeaders.Write(packet, shape.IsV4, header.Source.Address, header.Destination.Address, header.TimeToLive);
        if (!shape.IsLaterFragment)
        {
            TransportHeaders.Write(packet, shape, header, change); // its checksum covers the addresses of the whole datagram
        }
    }

    internal static Transport? Known(byte protocol, bool isV4) => protocol switch
    {
        IpNumbers.Udp => Transport.Udp,
        IpNumbers.Tcp => Transport.Tcp,
        IpNumbers.Icmp when isV4 => Transport.Echo,
        IpNumbers.Icmpv6 when !isV4 => Transport.Echo,
        _ => null,
    };

    internal static ushort Word(ReadOnlySpan<byte> packet, int at) => BinaryPrimitives.ReadUInt16BigEndian(packet[at..]);

    internal static void SetWord(Span<byte> packet, int at, ushort value, ref ChecksumChange change)
    {
        if (Word(packet, at) is var was && was != value)
        {
            change.Add(was, value);
            BinaryPrimitives.WriteUInt16BigEndian(packet[at..], value);
        }
    }

    internal static int FragmentOffset(ushort word) => (word & 0x1FFF) * FragmentUnit;
}

using System.Buffers.Binary;
using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>
/// A packet that opens a flow, in bytes that connection tracking accepts. Its number is IPv4's identification or IPv6's flow label,
/// and TCP's sequence number: a router keeps the former, and a reset answers the latter.
/// </summary>
internal static class PacketBytes
{
    public const int PayloadBytes = 8;

    public static byte[] Of(Packet packet, ushort number)
    {
        var body = Body(packet, number);
        var (source, destination) = (packet.Source.GetAddressBytes(), packet.Destination.GetAddressBytes());
        AddChecksum(packet.Protocol, body, source, destination);
        return source.Length == 4
            ? [.. HeaderV4((byte)packet.Protocol, body.Length, number, source, destination), .. body]
            : [.. HeaderV6((byte)packet.Protocol, body.Length, number, source, destination), .. body];
    }

    private static byte[] Body(Packet packet, ushort number)
    {
        var header = packet.Protocol switch
        {
            IpProtocol.Tcp => Tcp(packet, number),
            IpProtocol.Udp => Ports(packet, [0, 8 + PayloadBytes, 0, 0]),
            IpProtocol.UdpLite => Ports(packet, [0, 0, 0, 0]), // coverage 0: all of it
            IpProtocol.Sctp => Ports(packet, [0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 20, 0, 0, 0, 1, 0, 0, 0x10, 0, 0, 1, 0, 1, 0, 0, 0, 1]), // INIT
            IpProtocol.Icmp or IpProtocol.Icmp6 => [packet.IcmpType, 0, 0, 0, (byte)(number >> 8), (byte)number, 0, 1, .. new byte[12]],
            IpProtocol.Gre => [0, 0, 0x08, 0],
            _ => [0, 0, 1, 0, 0, 0, 0, 1], // ESP: SPI and sequence
        };
        return packet.Protocol == IpProtocol.Sctp ? header : [.. header, .. new byte[PayloadBytes]];
    }

    private static byte[] Tcp(Packet packet, ushort number)
    {
        var header = Ports(packet, new byte[16]);
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(4), number);
        (header[12], header[13]) = (5 << 4, 0x02); // five words, SYN
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(14), 1024);
        return header;
    }

    private static byte[] Ports(Packet packet, byte[] rest) =>
        [(byte)(packet.SourcePort >> 8), (byte)packet.SourcePort, (byte)(packet.DestinationPort >> 8), (byte)packet.DestinationPort, .. rest];

    private static byte[] HeaderV4(byte protocol, int length, ushort number, byte[] source, byte[] destination)
    {
        byte[] header = [0x45, 0, 0, 0, 0, 0, 0, 0, 64, protocol, 0, 0, .. source, .. destination];
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(2), (ushort)(header.Length + length));
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), number);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(10), Fold(Sum(header)));
        return header;
    }

    private static byte[] HeaderV6(byte protocol, int length, ushort number, byte[] source, byte[] destination)
    {
        byte[] header = [0, 0, 0, 0, 0, 0, protocol, 64, .. source, .. destination];
        BinaryPrimitives.WriteUInt32BigEndian(header, (6u << 28) | number);
        BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(4), (ushort)length);
        return header;
    }

    private static void AddChecksum(IpProtocol protocol, byte[] body, byte[] source, byte[] destination)
    {
        var pseudo = Sum(source) + Sum(destination) + (uint)protocol + (uint)body.Length;
        switch (protocol)
        {
            case IpProtocol.Sctp:
                BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(8), Crc32C(body));
                break;
            case IpProtocol.Icmp:
                BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), Fold(Sum(body)));
                break;
            case IpProtocol.Icmp6:
                BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), Fold(Sum(body) + pseudo));
                break;
            case IpProtocol.Tcp:
                BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(16), Fold(Sum(body) + pseudo));
                break;
            case IpProtocol.Udp or IpProtocol.UdpLite:
                var sum = Fold(Sum(body) + pseudo);
                BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), sum == 0 ? ushort.MaxValue : sum);
                break;
        }
    }

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        var sum = 0u;
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += (uint)(i % 2 == 0 ? bytes[i] << 8 : bytes[i]);
        }

        return sum;
    }

    private static ushort Fold(uint sum)
    {
        while (sum > ushort.MaxValue)
        {
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        }

        return (ushort)~sum;
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var part in bytes)
        {
            crc ^= part;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0x82F63B78;
            }
        }

        return ~crc;
    }
}

using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Tests.Packets;

/// <summary>Builds packets byte by byte, and sums them up in the plainest way: what the code under test is held against.</summary>
internal static class PacketBytes
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmpv6 = 58;

    public static byte[] UdpPacket(string source, string destination, byte[] payload, bool withChecksum = true) =>
        Ip(Endpoint.Parse(source), Endpoint.Parse(destination), Udp, UdpBody(Endpoint.Parse(source), Endpoint.Parse(destination), payload, withChecksum));

    public static byte[] TcpPacket(string source, string destination, byte flags, uint sequence = 1, uint acknowledgement = 0)
    {
        var (from, to) = (Endpoint.Parse(source), Endpoint.Parse(destination));
        var body = new byte[24]; // with four bytes of options
        BinaryPrimitives.WriteUInt16BigEndian(body, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), to.Port);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(4), sequence);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(8), acknowledgement);
        (body[12], body[13], body[20], body[21], body[22]) = (6 << 4, flags, 2, 4, 5);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(16), Sum(from.Address, to.Address, Tcp, body));
        return Ip(from, to, Tcp, body);
    }

    /// <summary>An echo request or reply with this identifier.</summary>
    public static byte[] EchoPacket(string source, string destination, ushort identifier, bool isReply)
    {
        var (from, to) = (IpAddress.Parse(source), IpAddress.Parse(destination));
        byte[] body = [(byte)(from.IsV4 ? (isReply ? 0 : 8) : (isReply ? 129 : 128)), 0, 0, 0, (byte)(identifier >> 8), (byte)identifier, 0, 1, .. "abcdefg"u8];
        return IcmpPacket(from, to, body);
    }

    /// <summary>An ICMP error of that type and code about the beginning of another packet.</summary>
    public static byte[] ErrorPacket(string source, string destination, byte type, byte code, ReadOnlySpan<byte> quoted) =>
        IcmpPacket(IpAddress.Parse(source), IpAddress.Parse(destination), [type, code, 0, 0, 0, 0, 0, 0, .. quoted]);

    /// <summary>Cuts an IPv4 or IPv6 packet after that many bytes of what it carries (a multiple of 8).</summary>
    public static (byte[] First, byte[] Last) Fragments(byte[] packet, int at, uint id)
    {
        var isV4 = packet[0] >> 4 == 4;
        var (head, body) = (packet[..(isV4 ? 20 : 40)], packet[(isV4 ? 20 : 40)..]);
        return (Fragment(head, body[..at], 0, true, id), Fragment(head, body[at..], at, false, id));
    }

    /// <summary>Whether every checksum in the packet is right (a UDP checksum of 0 over IPv4 is).</summary>
    public static bool IsSound(ReadOnlySpan<byte> packet)
    {
        if (packet[0] >> 4 == 6)
        {
            return BodySum(IpAddress.FromBytes(packet[8..24]), IpAddress.FromBytes(packet[24..40]), packet[6], packet[40..]);
        }

        return Fold(Add(packet[..20], 0)) == 0xFFFF && BodySum(IpAddress.FromBytes(packet[12..16]), IpAddress.FromBytes(packet[16..20]), packet[9], packet[20..]);
    }

    public static byte[] Ip(Endpoint from, Endpoint to, byte protocol, byte[] body)
    {
        var packet = new byte[(from.IsV4 ? 20 : 40) + body.Length];
        if (from.IsV4)
        {
            (packet[0], packet[8], packet[9]) = (0x45, 64, protocol);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            from.Address.Write(packet.AsSpan(12));
            to.Address.Write(packet.AsSpan(16));
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~Fold(Add(packet.AsSpan(0, 20), 0)));
        }
        else
        {
            (packet[0], packet[6], packet[7]) = (0x60, protocol, 64);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)body.Length);
            from.Address.Write(packet.AsSpan(8));
            to.Address.Write(packet.AsSpan(24));
        }

        body.CopyTo(packet.AsSpan(from.IsV4 ? 20 : 40));
        return packet;
    }

    private static byte[] Fragment(byte[] head, byte[] part, int offset, bool more, uint id)
    {
        byte[] packet = head.Length == 20 ? [.. head, .. part] : [.. head, head[6], 0, 0, 0, 0, 0, 0, 0, .. part];
        if (head.Length == 20)
        {
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(2), (ushort)packet.Length);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)id);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(6), (ushort)((more ? 0x2000 : 0) | (offset / 8)));
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), 0);
            BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(10), (ushort)~Fold(Add(packet.AsSpan(0, 20), 0)));
            return packet;
        }

        packet[6] = 44;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), (ushort)(packet.Length - 40));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(42), (ushort)(offset | (more ? 1 : 0)));
        BinaryPrimitives.WriteUInt32BigEndian(packet.AsSpan(44), id);
        return packet;
    }

    private static byte[] UdpBody(Endpoint from, Endpoint to, byte[] payload, bool withChecksum)
    {
        byte[] body = [0, 0, 0, 0, 0, 0, 0, 0, .. payload];
        BinaryPrimitives.WriteUInt16BigEndian(body, from.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), to.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(4), (ushort)body.Length);
        var sum = Sum(from.Address, to.Address, Udp, body);
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(6), withChecksum ? (sum == 0 ? (ushort)0xFFFF : sum) : (ushort)0);
        return body;
    }

    private static byte[] IcmpPacket(IpAddress from, IpAddress to, byte[] body)
    {
        var protocol = from.IsV4 ? Icmp : Icmpv6;
        BinaryPrimitives.WriteUInt16BigEndian(body.AsSpan(2), from.IsV4 ? (ushort)~Fold(Add(body, 0)) : Sum(from, to, protocol, body));
        return Ip(new(from, 0), new(to, 0), protocol, body);
    }

    private static bool BodySum(IpAddress from, IpAddress to, byte protocol, ReadOnlySpan<byte> body) => protocol switch
    {
        Udp when body[6] == 0 && body[7] == 0 => from.IsV4,
        Icmp => Fold(Add(body, 0)) == 0xFFFF,
        _ => Sum(from, to, protocol, body) == 0,
    };

    private static ushort Sum(IpAddress from, IpAddress to, byte protocol, ReadOnlySpan<byte> body)
    {
        Span<byte> pseudo = stackalloc byte[32];
        var length = from.Write(pseudo);
        length += to.Write(pseudo[length..]);
        return (ushort)~Fold(Add(body, Add(pseudo[..length], (uint)(protocol + body.Length))));
    }

    private static uint Add(ReadOnlySpan<byte> bytes, uint sum)
    {
        for (var i = 0; i < bytes.Length; i++)
        {
            sum += (uint)(bytes[i] << (i % 2 == 0 ? 8 : 0));
        }

        return sum;
    }

    private static uint Fold(uint sum)
    {
        while (sum > 0xFFFF)
        {
            sum = (sum & 0xFFFF) + (sum >> 16);
        }

        return sum;
    }
}

using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Lab.Packets;

/// <summary>Writes the packets that a box answers with: an RST, or an ICMP error that quotes what it is about.</summary>
public static class Answer
{
    /// <summary>The longest answer: the least that every IPv6 link carries (RFC 4443 §2.4).</summary>
    public const int MaximumLength = 1280;

    private const int MaximumV4Length = 576; // RFC 1812 §4.3.2.3
    private const ushort DefaultWindow = 0; // an RST offers nothing

    /// <summary>Writes the answer and returns its length.</summary>
    /// <param name="answer">As the box has made it: <see cref="Transport.Tcp"/> or <see cref="Transport.IcmpError"/>.</param>
    /// <param name="original">The packet that is answered.</param>
    /// <param name="mtu">What the link takes, for "packet too big".</param>
    /// <param name="destination">Room for <see cref="MaximumLength"/> bytes.</param>
    public static int Write(in PacketHeader answer, ReadOnlySpan<byte> original, int mtu, Span<byte> destination)
    {
        var isV4 = answer.Source.IsV4;
        var ipHeader = isV4 ? IpPacket.V4Header : IpPacket.V6Header;
        var body = destination[ipHeader..];
        var length = answer.Transport == Transport.Tcp ? WriteReset(answer, body)
            : WriteError(answer, original[..Math.Min(original.Length, (isV4 ? MaximumV4Length : MaximumLength) - ipHeader - IpPacket.IcmpHeader)], mtu, body);
        var protocol = answer.Transport == Transport.Tcp ? IpNumbers.Tcp : isV4 ? IpNumbers.Icmp : IpNumbers.Icmpv6;
        WriteIpHeader(answer, isV4, protocol, length, destination);
        Seal(destination[..(ipHeader + length)], ipHeader, isV4, protocol);
        return ipHeader + length;
    }

    private static int WriteReset(in PacketHeader answer, Span<byte> body)
    {
        body[..IpPacket.TcpHeader].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(body, answer.Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(body[2..], answer.Destination.Port);
        BinaryPrimitives.WriteUInt32BigEndian(body[4..], answer.Sequence);
        BinaryPrimitives.WriteUInt32BigEndian(body[8..], answer.Acknowledgement);
        body[12] = IpPacket.TcpHeader / 4 << 4;
        body[13] = (byte)answer.Flags;
        BinaryPrimitives.WriteUInt16BigEndian(body[14..], DefaultWindow);
        return IpPacket.TcpHeader;
    }

    private static int WriteError(in PacketHeader answer, ReadOnlySpan<byte> quoted, int mtu, Span<byte> body)
    {
        body[..IpPacket.IcmpHeader].Clear();
        (body[0], body[1]) = IcmpErrors.Numbers(answer.Error, answer.Source.IsV4);
        if (answer.Error == IcmpErrorKind.PacketTooBig)
        {
            BinaryPrimitives.WriteUInt32BigEndian(body[4..], (uint)mtu); // RFC 1191 §4 has it in the low half of the same word
        }

        quoted.CopyTo(body[IpPacket.IcmpHeader..]);
        return IpPacket.IcmpHeader + quoted.Length;
    }

    private static void WriteIpHeader(in PacketHeader answer, bool isV4, byte protocol, int length, Span<byte> destination)
    {
        if (!isV4)
        {
            destination[..IpPacket.V6Header].Clear();
            destination[0] = 6 << 4;
            BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)length);
            (destination[6], destination[7]) = (protocol, answer.TimeToLive);
            answer.Source.Address.Write(destination[8..]);
            answer.Destination.Address.Write(destination[24..]);
            return;
        }

        destination[..IpPacket.V4Header].Clear();
        destination[0] = (4 << 4) | (IpPacket.V4Header / 4);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)(IpPacket.V4Header + length));
        (destination[8], destination[9]) = (answer.TimeToLive, protocol);
        answer.Source.Address.Write(destination[12..]);
        answer.Destination.Address.Write(destination[16..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[10..], ChecksumChange.Of(destination[..IpPacket.V4Header]));
    }

    private static void Seal(Span<byte> packet, int ipHeader, bool isV4, byte protocol)
    {
        var body = packet[ipHeader..];
        var sum = protocol == IpNumbers.Icmp ? 0 : ChecksumChange.Sum(isV4 ? packet[12..20] : packet[8..40], (uint)(protocol + body.Length));
        var at = protocol == IpNumbers.Tcp ? 16 : 2;
        BinaryPrimitives.WriteUInt16BigEndian(body[at..], ChecksumChange.Of(body, sum));
    }
}

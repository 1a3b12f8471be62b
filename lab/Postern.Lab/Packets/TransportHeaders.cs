using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Lab.Packets;

/// <summary>UDP (RFC 768), TCP (RFC 9293 §3.1), ICMP (RFC 792) and ICMPv6 (RFC 4443), with the packet that an error quotes.</summary>
internal static class TransportHeaders
{
    private const int UdpChecksumAt = 6;
    private const int TcpChecksumAt = 16;
    private const int IcmpChecksumAt = 2;
    private const int IdentifierAt = 4;
    private const int PortsLength = 4;

    /// <summary>Reads the transport's header at its place.</summary>
    public static PacketFault TryRead(ReadOnlySpan<byte> packet, ref PacketHeader header, ref PacketShape shape)
    {
        var transport = packet[shape.TransportAt..];
        switch (header.Transport)
        {
            case Transport.Udp:
                (header.Source, header.Destination) = WithPorts(transport, header.Source, header.Destination, UdpHeaderFits(transport));
                return UdpHeaderFits(transport) ? PacketFault.None : PacketFault.Truncated;
            case Transport.Tcp:
                return TryReadTcp(transport, ref header);
            default:
                return TryReadIcmp(packet, ref header, ref shape);
        }
    }

    /// <param name="packet">The whole IP packet.</param>
    /// <param name="shape">Its shape; not a later fragment's.</param>
    /// <param name="header">What it is to say.</param>
    /// <param name="change">What has changed of its addresses.</param>
    public static void Write(Span<byte> packet, in PacketShape shape, in PacketHeader header, ChecksumChange change)
    {
        var transport = packet[shape.TransportAt..];
        if (header.Transport is Transport.Udp or Transport.Tcp)
        {
            SetPorts(transport, header.Source.Port, header.Destination.Port, ref change);
            Seal(transport, header.Transport, change);
            return;
        }

        change = shape.IsV4 ? default : change; // ICMP for IPv4 has no pseudo-header (RFC 792), ICMPv6 has (RFC 4443 §2.3)
        if (header.Transport == Transport.Echo)
        {
            IpPacket.SetWord(transport, IdentifierAt, shape.IsEchoReply ? header.Destination.Port : header.Source.Port, ref change);
        }
        else
        {
            change.Add(WriteQuoted(packet[..shape.Length], shape, header));
        }

        Seal(transport, Transport.Echo, change);
    }

    private static bool UdpHeaderFits(ReadOnlySpan<byte> transport) => transport.Length >= IpPacket.UdpHeader;

    private static PacketFault TryReadTcp(ReadOnlySpan<byte> transport, ref PacketHeader header)
    {
        if (transport.Length < IpPacket.TcpHeader)
        {
            return PacketFault.Truncated;
        }

        (header.Source, header.Destination) = WithPorts(transport, header.Source, header.Destination, true);
        header.Sequence = BinaryPrimitives.ReadUInt32BigEndian(transport[4..]);
        header.Acknowledgement = BinaryPrimitives.ReadUInt32BigEndian(transport[8..]);
        header.Flags = (TcpFlags)(transport[13] & 0x1F);
        return PacketFault.None;
    }

    private static PacketFault TryReadIcmp(ReadOnlySpan<byte> packet, ref PacketHeader header, ref PacketShape shape)
    {
        var icmp = packet[shape.TransportAt..];
        if (icmp.Length < IpPacket.IcmpHeader)
        {
            return PacketFault.Truncated;
        }

        if (IsEcho(icmp[0], shape.IsV4, out var isReply))
        {
            shape = shape with { IsEchoReply = isReply };
            (header.Source, header.Destination) = WithIdentifier(icmp, header.Source, header.Destination, isReply);
            return PacketFault.None;
        }

        header.Error = IcmpErrors.Kind(icmp[0], icmp[1], shape.IsV4);
        header.Transport = Transport.IcmpError;
        return header.Error == IcmpErrorKind.None ? PacketFault.OtherTransport : TryReadQuoted(packet, ref header, ref shape);
    }

    private static PacketFault TryReadQuoted(ReadOnlySpan<byte> packet, ref PacketHeader header, ref PacketShape shape)
    {
        var at = shape.TransportAt + IpPacket.IcmpHeader;
        var fault = IpHeaders.TryRead(packet[at..], isQuoted: true, out var quoted, out var addresses);
        if (fault != PacketFault.None)
        {
            return fault;
        }

        if (quoted.IsV4 != shape.IsV4 || quoted.IsLaterFragment || IpPacket.Known(quoted.Protocol, quoted.IsV4) is not { } transport)
        {
            return PacketFault.OtherTransport; // a later fragment's error names no port: nobody can tell whose it is
        }

        var begin = packet[(at + quoted.TransportAt)..];
        if (begin.Length < (transport == Transport.Echo ? IpPacket.IcmpHeader : PortsLength))
        {
            return PacketFault.Truncated;
        }

        var (source, destination, isReply) = (new Endpoint(addresses.Source, 0), new Endpoint(addresses.Destination, 0), false);
        if (transport == Transport.Echo && !IsEcho(begin[0], quoted.IsV4, out isReply))
        {
            return PacketFault.OtherTransport; // an error about an error
        }

        (header.QuotedSource, header.QuotedDestination) = transport == Transport.Echo
            ? WithIdentifier(begin, source, destination, isReply)
            : WithPorts(begin, source, destination, true);
        header.QuotedTransport = transport;
        shape = shape with { QuotedAt = at, QuotedTransportAt = at + quoted.TransportAt, IsEchoReply = isReply };
        return PacketFault.None;
    }

    /// <summary>Returns what the ICMP error's own checksum has to learn: every byte that changes here lies under it.</summary>
    private static ChecksumChange WriteQuoted(Span<byte> packet, in PacketShape shape, in PacketHeader header)
    {
        var quoted = packet[shape.QuotedAt..];
        var before = shape.IsV4 ? IpPacket.Word(quoted, 10) : (ushort)0;
        var change = IpHeaders.Write(quoted, shape.IsV4, header.QuotedSource.Address, header.QuotedDestination.Address, timeToLive: null);
        var whole = change;
        if (shape.IsV4)
        {
            whole.Add(before, IpPacket.Word(quoted, 10));
        }

        var transport = packet[shape.QuotedTransportAt..];
        var ports = default(ChecksumChange);
        if (header.QuotedTransport == Transport.Echo)
        {
            change = shape.IsV4 ? default : change;
            IpPacket.SetWord(transport, IdentifierAt, shape.IsEchoReply ? header.QuotedDestination.Port : header.QuotedSource.Port, ref ports);
        }
        else
        {
            SetPorts(transport, header.QuotedSource.Port, header.QuotedDestination.Port, ref ports);
        }

        whole.Add(ports);
        change.Add(ports);
        whole.Add(Seal(transport, header.QuotedTransport, change));
        return whole;
    }

    /// <summary>Brings the transport's checksum up to date, where there is one, and returns how it has changed.</summary>
    private static ChecksumChange Seal(Span<byte> transport, Transport kind, ChecksumChange change)
    {
        var at = kind switch { Transport.Udp => UdpChecksumAt, Transport.Tcp => TcpChecksumAt, _ => IcmpChecksumAt };
        var ofSum = default(ChecksumChange);
        if (transport.Length < at + 2 || (kind == Transport.Udp && IpPacket.Word(transport, at) == 0))
        {
            return ofSum; // a quote may end before it, and UDP over IPv4 may go without (RFC 768)
        }

        var sum = change.ApplyTo(IpPacket.Word(transport, at));
        IpPacket.SetWord(transport, at, kind == Transport.Udp && sum == 0 ? (ushort)0xFFFF : sum, ref ofSum);
        return ofSum;
    }

    private static bool IsEcho(byte type, bool isV4, out bool isReply)
    {
        isReply = type == (isV4 ? IpNumbers.EchoReply : IpNumbers.EchoReply6);
        return isReply || type == (isV4 ? IpNumbers.Echo : IpNumbers.Echo6);
    }

    private static (Endpoint Source, Endpoint Destination) WithPorts(ReadOnlySpan<byte> transport, Endpoint source, Endpoint destination, bool fits) =>
        fits ? (source with { Port = IpPacket.Word(transport, 0) }, destination with { Port = IpPacket.Word(transport, 2) }) : (source, destination);

    private static (Endpoint Source, Endpoint Destination) WithIdentifier(ReadOnlySpan<byte> icmp, Endpoint source, Endpoint destination, bool isReply)
    {
        var identifier = IpPacket.Word(icmp, IdentifierAt);
        return isReply ? (source, destination with { Port = identifier }) : (source with { Port = identifier }, destination);
    }

    private static void SetPorts(Span<byte> transport, ushort source, ushort destination, ref ChecksumChange change)
    {
        IpPacket.SetWord(transport, 0, source, ref change);
        IpPacket.SetWord(transport, 2, destination, ref change);
    }
}

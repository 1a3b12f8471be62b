using System.Buffers.Binary;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Captures;

/// <summary>Takes addresses and ports out of a captured packet: Ethernet (VLANs too), Linux cooked (both), loopback and bare IP.</summary>
internal static class Dissector
{
    // Link types as tcpdump.org lists them.
    private const int Null = 0, Ethernet = 1, RawBsd = 12, RawOpenBsd = 14, Raw = 101, Cooked = 113, RawV4 = 228, RawV6 = 229, Cooked2 = 276;

    private const int EtherIpv4 = 0x0800, EtherIpv6 = 0x86DD, EtherVlan = 0x8100, EtherServiceVlan = 0x88A8;
    private const int MaximumExtensions = 8; // headers before the payload of IPv6; honest packets have one or two

    public static LineKind Read(int linkType, ReadOnlySpan<byte> frame, ref Sighting sighting)
    {
        var kind = TryNetwork(linkType, ref frame);
        return kind != LineKind.Flow ? kind : frame.IsEmpty ? LineKind.Cut : (frame[0] >> 4) switch
        {
            4 => Ipv4(frame, ref sighting),
            6 => Ipv6(frame, ref sighting),
            _ => LineKind.Cut,
        };
    }

    /// <summary>Leaves the IP packet; <see cref="LineKind.Foreign"/> where the frame carries something else.</summary>
    private static LineKind TryNetwork(int linkType, ref ReadOnlySpan<byte> frame)
    {
        var (header, typeAt) = linkType switch
        {
            Ethernet => (14, 12),
            Cooked => (16, 14),
            Cooked2 => (20, 0),
            Null => (4, -1),
            Raw or RawBsd or RawOpenBsd or RawV4 or RawV6 => (0, -1),
            _ => (-1, -1),
        };
        if (header < 0)
        {
            return LineKind.Foreign;
        }

        if (frame.Length < header)
        {
            return LineKind.Cut;
        }

        var type = typeAt < 0 ? EtherIpv4 : BinaryPrimitives.ReadUInt16BigEndian(frame[typeAt..]);
        frame = frame[header..];
        while (type is EtherVlan or EtherServiceVlan && frame.Length >= 4)
        {
            type = BinaryPrimitives.ReadUInt16BigEndian(frame[2..]);
            frame = frame[4..];
        }

        return type is EtherIpv4 or EtherIpv6 ? LineKind.Flow : LineKind.Foreign;
    }

    private static LineKind Ipv4(ReadOnlySpan<byte> packet, ref Sighting sighting)
    {
        var header = (packet[0] & 0x0F) * 4;
        if (header < 20 || packet.Length < header)
        {
            return LineKind.Cut;
        }

        sighting.Version = IpVersion.V4;
        sighting.Source = BinaryPrimitives.ReadUInt32BigEndian(packet[12..]);
        sighting.Destination = BinaryPrimitives.ReadUInt32BigEndian(packet[16..]);
        sighting.Protocol = (IpProtocol)packet[9];
        var isLaterFragment = (BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1FFF) != 0;
        return isLaterFragment ? LineKind.Reply : Payload(packet[header..], ref sighting);
    }

    private static LineKind Ipv6(ReadOnlySpan<byte> packet, ref Sighting sighting)
    {
        if (packet.Length < 40)
        {
            return LineKind.Cut;
        }

        sighting.Version = IpVersion.V6;
        sighting.Source = BinaryPrimitives.ReadUInt128BigEndian(packet[8..]);
        sighting.Destination = BinaryPrimitives.ReadUInt128BigEndian(packet[24..]);
        var next = packet[6];
        packet = packet[40..];
        for (var i = 0; i < MaximumExtensions && next is 0 or 43 or 44 or 60; i++) // hop-by-hop, routing, fragment, destination options
        {
            if (packet.Length < 8)
            {
                return LineKind.Cut;
            }

            if (next == 44 && (BinaryPrimitives.ReadUInt16BigEndian(packet[2..]) & 0xFFF8) != 0)
            {
                return LineKind.Reply;
            }

            var length = next == 44 ? 8 : (packet[1] + 1) * 8;
            next = packet[0];
            packet = packet[Math.Min(packet.Length, length)..];
        }

        sighting.Protocol = (IpProtocol)next;
        return next is 0 or 59 ? LineKind.Cut : Payload(packet, ref sighting);
    }

    private static LineKind Payload(ReadOnlySpan<byte> payload, ref Sighting sighting)
    {
        switch (sighting.Protocol)
        {
            case IpProtocol.Tcp when payload.Length >= 14:
                Ports(payload, ref sighting);
                return (payload[13] & 0x17) == 0x02 ? LineKind.Flow : LineKind.Reply; // SYN without ACK, RST, FIN
            case IpProtocol.Udp or IpProtocol.UdpLite when payload.Length >= 8:
                Ports(payload, ref sighting);
                return LineKind.Flow;
            case IpProtocol.Sctp when payload.Length >= 13:
                Ports(payload, ref sighting);
                return payload[12] == 1 ? LineKind.Flow : LineKind.Reply; // INIT (RFC 9260 §3.2)
            case IpProtocol.Icmp or IpProtocol.Icmp6 when payload.Length >= 4:
                sighting.IcmpType = payload[0];
                return sighting.IcmpAsks ? LineKind.Flow : LineKind.Reply;
            case IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.UdpLite or IpProtocol.Sctp or IpProtocol.Icmp or IpProtocol.Icmp6 or IpProtocol.Any:
                return LineKind.Cut;
            default:
                return LineKind.Flow;
        }
    }

    private static void Ports(ReadOnlySpan<byte> payload, ref Sighting sighting) =>
        (sighting.SourcePort, sighting.DestinationPort) = (BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
}

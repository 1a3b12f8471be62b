using System.Globalization;

namespace Postern.Lab.Packets;

/// <summary>What packets are, for people who watch them: also those that no box judges (numbers as IANA keeps them).</summary>
public static class PacketNaming
{
    /// <summary>"UDP", "ECHO", "ICMP port unreachable", "neighbour solicitation", "GRE".</summary>
    /// <param name="packet">Begins with the IP header.</param>
    /// <param name="fault">What <see cref="IpPacket.TryRead"/> said of it.</param>
    /// <param name="header">What it read.</param>
    /// <param name="shape">Where what lies.</param>
    public static string Of(ReadOnlySpan<byte> packet, PacketFault fault, in PacketHeader header, in PacketShape shape) => fault switch
    {
        PacketFault.None when header.Transport != Transport.IcmpError => $"{header.Transport}".ToUpperInvariant(),
        PacketFault.None => $"ICMP {InWords(header.Error)}",
        PacketFault.NotIp => "not IP",
        _ when shape.Length == 0 => "broken IP",
        PacketFault.Truncated or PacketFault.WrongLength => $"broken {OfProtocol(shape.Protocol)}",
        _ when shape.IsLaterFragment || shape.TransportAt >= packet.Length => OfProtocol(shape.Protocol),
        _ when shape.Protocol == IpNumbers.Icmpv6 && !shape.IsV4 => OfIcmpv6(packet[shape.TransportAt]),
        _ when shape.Protocol == IpNumbers.Icmp && shape.IsV4 => OfIcmp(packet[shape.TransportAt]),
        _ => OfProtocol(shape.Protocol),
    };

    private static string InWords(IcmpErrorKind error) => error switch
    {
        IcmpErrorKind.PortUnreachable => "port unreachable",
        IcmpErrorKind.HostUnreachable => "host unreachable",
        IcmpErrorKind.Prohibited => "prohibited",
        IcmpErrorKind.TimeExceeded => "time exceeded",
        IcmpErrorKind.PacketTooBig => "packet too big",
        _ => "error",
    };

    private static string OfProtocol(byte protocol) => protocol switch
    {
        IpNumbers.Icmp => "ICMP",
        2 => "IGMP",
        4 => "IPv4 in IP",
        IpNumbers.Tcp => "TCP",
        IpNumbers.Udp => "UDP",
        41 => "IPv6 in IP",
        47 => "GRE",
        50 => "ESP",
        51 => "AH",
        IpNumbers.Icmpv6 => "ICMPv6",
        89 => "OSPF",
        132 => "SCTP",
        136 => "UDP-Lite",
        _ => string.Create(CultureInfo.InvariantCulture, $"IP protocol {protocol}"),
    };

    /// <summary>An error is here where what it quotes names no flow.</summary>
    private static string OfIcmp(byte type) => type switch
    {
        IpNumbers.Unreachable => "ICMP unreachable",
        5 => "ICMP redirect",
        9 => "router advertisement",
        10 => "router solicitation",
        IpNumbers.TimeExceeded => "ICMP time exceeded",
        _ => string.Create(CultureInfo.InvariantCulture, $"ICMP type {type}"),
    };

    /// <summary>Errors, then multicast listeners, routers and neighbours.</summary>
    private static string OfIcmpv6(byte type) => type switch
    {
        IpNumbers.Unreachable6 => "ICMPv6 unreachable",
        IpNumbers.PacketTooBig6 => "ICMPv6 packet too big",
        IpNumbers.TimeExceeded6 => "ICMPv6 time exceeded",
        130 => "multicast listener query",
        131 or 143 => "multicast listener report",
        132 => "multicast listener done",
        133 => "router solicitation",
        134 => "router advertisement",
        135 => "neighbour solicitation",
        136 => "neighbour advertisement",
        137 => "ICMPv6 redirect",
        _ => string.Create(CultureInfo.InvariantCulture, $"ICMPv6 type {type}"),
    };
}

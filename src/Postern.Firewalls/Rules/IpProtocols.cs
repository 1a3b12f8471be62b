namespace Postern.Firewalls.Rules;

/// <summary>What the protocols have in common.</summary>
public static class IpProtocols
{
    /// <summary>Whether its packets carry a source and a destination port.</summary>
    public static bool HasPorts(this IpProtocol protocol) =>
        protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp or IpProtocol.UdpLite;

    /// <summary>Whether the family carries it at all: ICMP and IGMP are of IPv4, ICMPv6 of IPv6.</summary>
    public static bool IsOf(this IpProtocol protocol, IpVersion version) => protocol switch
    {
        IpProtocol.Icmp or IpProtocol.Igmp => version == IpVersion.V4,
        IpProtocol.Icmp6 => version == IpVersion.V6,
        _ => true,
    };

    /// <summary>As people write it: "tcp", "icmp6", "any".</summary>
    public static string Word(this IpProtocol protocol) => protocol.ToString().ToLowerInvariant();
}

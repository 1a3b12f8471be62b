using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>Types of ICMP (RFC 792) and ICMPv6 (RFC 4443) under the names that firewalld and OpenWrt share.</summary>
internal static class IcmpNames
{
    private static readonly Dictionary<(IpProtocol, byte), string> Names = new()
    {
        [(IpProtocol.Icmp, 0)] = "echo-reply",
        [(IpProtocol.Icmp, 3)] = "destination-unreachable",
        [(IpProtocol.Icmp, 8)] = "echo-request",
        [(IpProtocol.Icmp, 11)] = "time-exceeded",
        [(IpProtocol.Icmp, 12)] = "parameter-problem",
        [(IpProtocol.Icmp, 13)] = "timestamp-request",
        [(IpProtocol.Icmp, 14)] = "timestamp-reply",
        [(IpProtocol.Icmp6, 1)] = "destination-unreachable",
        [(IpProtocol.Icmp6, 2)] = "packet-too-big",
        [(IpProtocol.Icmp6, 3)] = "time-exceeded",
        [(IpProtocol.Icmp6, 4)] = "parameter-problem",
        [(IpProtocol.Icmp6, 128)] = "echo-request",
        [(IpProtocol.Icmp6, 129)] = "echo-reply",
    };

    /// <summary>Null where there is none.</summary>
    public static string? Of(IpProtocol protocol, byte type) => Names.GetValueOrDefault((protocol, type));
}

namespace Postern.Firewalls.Rules;

/// <summary>What an IP packet carries; the numbers are IANA's ("Assigned Internet Protocol Numbers").</summary>
public enum IpProtocol : byte
{
    /// <summary>Every protocol.</summary>
    Any = 0,
    Icmp = 1,
    Igmp = 2,
    IpInIp = 4,
    Tcp = 6,
    Udp = 17,
    Ipv6InIp = 41,
    Gre = 47,
    Esp = 50,
    Ah = 51,
    Icmp6 = 58,
    Ospf = 89,
    Vrrp = 112,
    Sctp = 132,
    UdpLite = 136,
}

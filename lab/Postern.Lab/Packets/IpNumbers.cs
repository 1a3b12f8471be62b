namespace Postern.Lab.Packets;

/// <summary>Numbers of protocols, extension headers and ICMP messages, as IANA keeps them.</summary>
internal static class IpNumbers
{
    public const byte Icmp = 1;
    public const byte Tcp = 6;
    public const byte Udp = 17;
    public const byte Icmpv6 = 58;

    // Extension headers of IPv6 (RFC 8200 §4.1).
    public const byte HopByHop = 0;
    public const byte Routing = 43;
    public const byte Fragment = 44;
    public const byte DestinationOptions = 60;

    // ICMP (RFC 792).
    public const byte EchoReply = 0;
    public const byte Unreachable = 3;
    public const byte Echo = 8;
    public const byte TimeExceeded = 11;
    public const byte PortUnreachableCode = 3;
    public const byte FragmentationNeededCode = 4;
    public const byte ProhibitedCode = 13; // RFC 1812 §5.2.7.1; 9 and 10 said it of a network and a host before (RFC 1122 §3.2.2.1)

    // ICMPv6 (RFC 4443 §3 and §4).
    public const byte Unreachable6 = 1;
    public const byte PacketTooBig6 = 2;
    public const byte TimeExceeded6 = 3;
    public const byte Echo6 = 128;
    public const byte EchoReply6 = 129;
    public const byte Prohibited6Code = 1;
    public const byte AddressUnreachable6Code = 3;
    public const byte PortUnreachable6Code = 4;
}

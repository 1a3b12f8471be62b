namespace Postern.Lab.Packets;

/// <summary>Why bytes are no packet that a box could judge.</summary>
public enum PacketFault : byte
{
    None,

    /// <summary>Neither IPv4 nor IPv6.</summary>
    NotIp,

    /// <summary>It ends before its headers do.</summary>
    Truncated,

    /// <summary>A length in it cannot be.</summary>
    WrongLength,

    /// <summary>Neither UDP, TCP, echo nor an ICMP error about one of these.</summary>
    OtherTransport,

    /// <summary>An IPv4-mapped address in an IPv6 packet, which has no place on a wire.</summary>
    MappedAddress,
}

namespace Postern.Lab.Packets;

/// <summary>Where the headers of an IP packet lie in its bytes.</summary>
public readonly record struct PacketShape
{
    public bool IsV4 { get; init; }

    /// <summary>Bytes of the whole packet, by its own word.</summary>
    public int Length { get; init; }

    /// <summary>Where the transport's header begins, or a later fragment's part of it.</summary>
    public int TransportAt { get; init; }

    /// <summary>The number of the transport (RFC 791 §3.1 "protocol", RFC 8200 §3 "next header").</summary>
    public byte Protocol { get; init; }

    /// <summary>Of an ICMP error: where the packet begins that it is about; else 0.</summary>
    public int QuotedAt { get; init; }

    /// <summary>Of an ICMP error: where the transport header begins of the packet that it is about.</summary>
    public int QuotedTransportAt { get; init; }

    /// <summary>Echo, also a quoted one: an answer, whose identifier belongs to its destination.</summary>
    public bool IsEchoReply { get; init; }

    /// <summary>Which datagram a fragment belongs to; fragments of one datagram have it in common.</summary>
    public uint FragmentId { get; init; }

    /// <summary>In bytes.</summary>
    public int FragmentOffset { get; init; }

    public bool HasMoreFragments { get; init; }

    /// <summary>Without ports: its header's are 0.</summary>
    public bool IsLaterFragment => FragmentOffset > 0;

    /// <summary>With ports, and others follow.</summary>
    public bool IsFirstFragment => FragmentOffset == 0 && HasMoreFragments;
}

using Postern.Protocol.Net;

namespace Postern.Lab.Packets;

/// <summary>
/// What boxes look at: the headers of one IP packet. Boxes rewrite it in place, whether the packet lives in the simulator or
/// came from a TUN device.
/// </summary>
public record struct PacketHeader
{
    public Transport Transport { get; set; }

    /// <summary>Of an ICMP error: whoever reports it, port 0.</summary>
    public Endpoint Source { get; set; }

    public Endpoint Destination { get; set; }

    /// <summary>IP time to live, hop limit in IPv6.</summary>
    public byte TimeToLive { get; set; }

    /// <summary>TCP only.</summary>
    public TcpFlags Flags { get; set; }

    /// <summary>TCP only.</summary>
    public uint Sequence { get; set; }

    /// <summary>TCP only.</summary>
    public uint Acknowledgement { get; set; }

    /// <summary>ICMP errors only.</summary>
    public IcmpErrorKind Error { get; set; }

    /// <summary>ICMP errors only: the transport of the packet that it is about.</summary>
    public Transport QuotedTransport { get; set; }

    /// <summary>ICMP errors only: the source of the packet that it is about, as that packet was where the error arose.</summary>
    public Endpoint QuotedSource { get; set; }

    /// <summary>ICMP errors only: the destination of the packet that it is about.</summary>
    public Endpoint QuotedDestination { get; set; }

    /// <summary>A SYN that opens, without ACK.</summary>
    public readonly bool IsOpening => Transport == Transport.Tcp && (Flags & (TcpFlags.Syn | TcpFlags.Ack | TcpFlags.Rst)) == TcpFlags.Syn;

    /// <summary>The ICMP error about this packet that <paramref name="reporter"/> sends back.</summary>
    public readonly PacketHeader Refusal(IpAddress reporter, IcmpErrorKind error) => new()
    {
        Transport = Transport.IcmpError,
        Source = new(reporter, 0),
        Destination = Source with { Port = 0 },
        TimeToLive = 64,
        Error = error,
        QuotedTransport = Transport,
        QuotedSource = Source,
        QuotedDestination = Destination,
    };

    /// <summary>The RST that a closed port answers this segment with (RFC 9293 §3.10.7.1).</summary>
    public readonly PacketHeader Reset() => new()
    {
        Transport = Transport.Tcp,
        Source = Destination,
        Destination = Source,
        TimeToLive = 64,
        Flags = (Flags & TcpFlags.Ack) != 0 ? TcpFlags.Rst : TcpFlags.Rst | TcpFlags.Ack,
        Sequence = (Flags & TcpFlags.Ack) != 0 ? Acknowledgement : 0,
        Acknowledgement = (Flags & TcpFlags.Ack) != 0 ? 0 : Sequence + 1,
    };
}

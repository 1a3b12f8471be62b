namespace Postern.Lab.Packets;

/// <summary>One packet under way in the simulator.</summary>
/// <param name="Header">Its headers.</param>
/// <param name="Payload">What the transport carries.</param>
/// <param name="Number">Which packet of its world it is; a copy that a link made has its original's number.</param>
public sealed record Packet(PacketHeader Header, ReadOnlyMemory<byte> Payload, long Number)
{
    /// <summary>IPv4 without options (RFC 791 §3.1), IPv6 (RFC 8200 §3).</summary>
    private int IpHeader => Header.Source.IsV4 ? 20 : 40;

    /// <summary>Bytes of the whole IP packet.</summary>
    public int Length => Payload.Length + IpHeader + (Header.Transport == Transport.Tcp ? 20 : 8);
}

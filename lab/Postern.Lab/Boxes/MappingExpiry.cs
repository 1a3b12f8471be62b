namespace Postern.Lab.Boxes;

/// <summary>How long a NAT remembers (RFC 4787 §4.3, RFC 5382 §5, RFC 5508 §3.2). All in seconds.</summary>
public sealed record MappingExpiry
{
    /// <summary>Each remote endpoint of a mapping is forgotten on its own (connection tracking); else the mapping as a whole.</summary>
    public bool PerRemote { get; init; }

    public Refreshing Refreshing { get; init; } = Refreshing.Outbound;

    /// <summary>UDP that was sent in one direction only.</summary>
    public double UdpNew { get; init; } = 120;

    /// <summary>UDP that was sent in both directions.</summary>
    public double UdpStream { get; init; } = 120;

    /// <summary>From which age on it has the patience of both directions; before, <see cref="UdpNew"/> holds for it too.</summary>
    public double UdpStreamAfter { get; init; }

    /// <summary>TCP between the first SYN and the end of the handshake, and after FIN or RST.</summary>
    public double TcpTransitory { get; init; } = 240;

    public double TcpEstablished { get; init; } = 7440;

    /// <summary>TCP: a SYN that is sent again before anything has come back is a packet that refreshes; else the first one's time runs on (Linux, nf_conntrack_tcp_packet).</summary>
    public bool TcpSynAgainRefreshes { get; init; } = true;

    /// <summary>TCP: an RST that is the first to come back passes, and ends the mapping at once (Linux, the same).</summary>
    public bool TcpRefusalEnds { get; init; }

    public double Echo { get; init; } = 60;

    /// <summary>No mapping lives longer, however busy; 0 for no such limit.</summary>
    public double AtMost { get; init; }
}

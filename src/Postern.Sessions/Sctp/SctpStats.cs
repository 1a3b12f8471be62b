namespace Postern.Sessions.Sctp;

/// <summary>Plain counters of one association; a session's log and meter read them.</summary>
public sealed record SctpStats
{
    public long PacketsSent { get; internal set; }

    public long PacketsReceived { get; internal set; }

    /// <summary>Packets with a wrong checksum, port or tag.</summary>
    public long PacketsRefused { get; internal set; }

    public long MessagesSent { get; internal set; }

    public long MessagesReceived { get; internal set; }

    /// <summary>User bytes of DATA chunks, retransmissions included.</summary>
    public long BytesSent { get; internal set; }

    public long BytesReceived { get; internal set; }

    public long ChunksSent { get; internal set; }

    public long ChunksRetransmitted { get; internal set; }

    /// <summary>Chunks that RACK or a timeout held for lost.</summary>
    public long ChunksLost { get; internal set; }

    /// <summary>Chunks held for lost that were acknowledged before they were sent again.</summary>
    public long SpuriousLosses { get; internal set; }

    /// <summary>Chunks that arrived again (RFC 9260 §6.2).</summary>
    public long DuplicatesReceived { get; internal set; }

    /// <summary>Chunks that the receive window or a bound refused.</summary>
    public long ChunksDropped { get; internal set; }

    public long SacksSent { get; internal set; }

    public long SacksReceived { get; internal set; }

    public long Timeouts { get; internal set; }

    public long TailProbes { get; internal set; }

    public long CongestionEvents { get; internal set; }

    public long MessagesAbandoned { get; internal set; }

    public long HeartbeatsSent { get; internal set; }

    /// <summary>Bytes of the congestion window.</summary>
    public long CongestionWindow { get; internal set; }
}

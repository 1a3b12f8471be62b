namespace Postern.Sessions.Sctp;

/// <summary>A fragment that arrived beyond a gap.</summary>
internal struct ReceivedChunk
{
    /// <summary>Null where nothing is held: it did not arrive, or its message is already assembled.</summary>
    public PooledBuffer? Data;
    public uint PayloadProtocol;
    public ushort Stream;
    public ushort StreamSequence;
    public byte Flags;

    /// <summary>At the ends of a run of fragments of one message: where the run begins and ends.</summary>
    public long RunStart;
    public long RunEnd;
}

namespace Postern.Sessions.Sctp;

/// <summary>One DATA chunk between its first transmission and the moment when the peer's cumulative TSN passes it.</summary>
internal struct OutstandingChunk
{
    public OutgoingMessage Message;
    public PooledBuffer? Data;

    /// <summary>Ticks of the last transmission.</summary>
    public long SentAt;

    /// <summary>Neighbours in the list that the state names: TSNs, -1 for none.</summary>
    public long Previous;
    public long Next;

    /// <summary>Where a gap block began here: all from here to this TSN are acknowledged or abandoned; 0 where none did.</summary>
    public long RunEnd;

    public ushort Length;
    public ushort Transmissions;
    public byte Flags;
    public ChunkState State;

    /// <summary>Which path it was last sent on: chunks of an older one do not fill this one's window.</summary>
    public byte Path;
}

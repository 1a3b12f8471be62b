using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>A message on its way: what is not yet fragmented into DATA chunks hangs on it as a chain of fragment-sized buffers.</summary>
internal sealed class OutgoingMessage
{
    public OutboundStream Stream = null!;
    public OutgoingMessage? Next;
    public PooledBuffer? Unsent;
    public uint PayloadProtocol;
    public ushort StreamSequence;
    public bool IsUnordered;
    public bool IsAbandoned;
    public Instant Expires;
    public int MaximumRetransmissions;

    /// <summary>TSNs of the first and last fragment that were sent; -1 before the first.</summary>
    public long FirstTsn;
    public long LastTsn;

    /// <summary>Fragments in the retransmission ring, and one more while some are unsent; at zero the object is used again.</summary>
    public int Holders;

    public bool HasBegun => FirstTsn >= 0;
}

namespace Postern.Sessions.Sctp;

/// <summary>Head and tail (TSNs, -1 for none) of a list that is threaded through the retransmission ring.</summary>
internal struct ChunkList
{
    public long First;
    public long Last;

    public static ChunkList Empty => new() { First = -1, Last = -1 };

    public readonly bool IsEmpty => First < 0;
}

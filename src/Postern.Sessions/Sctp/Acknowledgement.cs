namespace Postern.Sessions.Sctp;

/// <summary>What one SACK newly acknowledged, summed up for RACK and congestion control.</summary>
internal struct Acknowledgement
{
    /// <summary>Bytes, chunk headers included, of this path's chunks.</summary>
    public long Bytes;

    public int Chunks;

    /// <summary>The chunk that was sent last among the acknowledged, RFC 8985 §6.2 step 2.</summary>
    public long NewestSentAt;
    public long NewestTsn;
    public bool NewestWasRetransmitted;
    public bool NewestOnThisPath;

    /// <summary>
    /// When a chunk of this path was sent that was sent once (RFC 9260 §6.3.1 C5, Karn) and later than all that was acknowledged
    /// before (a peer that cuts its list of gaps off reports others long after they arrived); -1 for none.
    /// </summary>
    public long SampleSentAt;

    /// <summary>A chunk that was sent once came to be known after a later one (RFC 8985 §6.2 step 3).</summary>
    public bool SawReordering;

    public static Acknowledgement None => new() { NewestSentAt = -1, NewestTsn = -1, SampleSentAt = -1 };
}

namespace Postern.Sessions.Sctp;

/// <summary>
/// The retransmission ring: every chunk that was sent and that the peer's cumulative TSN has not passed, found by its TSN. Those
/// in flight are threaded in the order of sending (RACK looks at heads only), those sent again apart from those sent once, and those
/// held for lost in the order of finding out.
/// </summary>
internal sealed class Outstanding(AssociationContext context, SendQueue queue)
{
    /// <summary>Gap blocks have 16-bit offsets (RFC 9260 §3.3.4): nothing further ahead could be acknowledged.</summary>
    public const int Maximum = 65_535;

    private OutstandingChunk[] _ring = new OutstandingChunk[64];
    private ChunkList _sentOnce = ChunkList.Empty;
    private ChunkList _sentAgain = ChunkList.Empty;
    private ChunkList _unreported = ChunkList.Empty;
    private ChunkList _lost = ChunkList.Empty;
    private long _highestAcknowledged;
    private long _newestAcknowledged = -1;

    /// <summary>The last TSN of which all before it, itself included, have arrived.</summary>
    public long Cumulative { get; private set; }

    /// <summary>The TSN of the next new chunk.</summary>
    public long Next { get; private set; }

    public int Count => (int)(Next - Cumulative - 1);

    public bool IsFull => Count >= Maximum;

    /// <summary>The oldest in flight of those that were sent once; TSNs ascend from here. -1 for none, here as below.</summary>
    public long FirstSentOnce => _sentOnce.First;

    /// <summary>The oldest in flight of those that were sent more than once.</summary>
    public long FirstSentAgain => _sentAgain.First;

    /// <summary>Any in flight.</summary>
    public long FirstInFlight => _sentOnce.IsEmpty ? _sentAgain.First : _sentOnce.First;

    /// <summary>The one in flight with the highest TSN of those sent once, else the one sent last.</summary>
    public long LastInFlight => _sentOnce.IsEmpty ? _sentAgain.Last : _sentOnce.Last;

    public long FirstLost => _lost.First;

    /// <summary>Chunks acknowledged in gap blocks only.</summary>
    public int AcknowledgedBeyondGap { get; private set; }

    public byte Path { get; private set; }

    /// <summary>Bytes in flight on this path, chunk headers included.</summary>
    public long FlightSize { get; private set; }

    /// <summary>User bytes that count against the peer's window: sent and not acknowledged (RFC 9260 §6.2.1).</summary>
    public long Unacknowledged { get; private set; }

    public void Start(uint initialTsn)
    {
        Next = Tsn.First(initialTsn);
        Cumulative = Next - 1;
        _highestAcknowledged = Cumulative;
    }

    public ref OutstandingChunk this[long tsn] => ref _ring[(int)tsn & (_ring.Length - 1)];

    public ref OutstandingChunk Add(OutgoingMessage message, PooledBuffer data, byte flags, long sentAt)
    {
        if (Count >= _ring.Length)
        {
            Grow();
        }

        var tsn = Next++;
        ref var chunk = ref this[tsn];
        chunk = new()
        {
            Message = message,
            Data = data,
            Length = (ushort)data.Length,
            Flags = flags,
            SentAt = sentAt,
            Transmissions = 1,
            Path = Path,
        };
        Unacknowledged += chunk.Length;
        Append(ref _sentOnce, tsn, ChunkState.InFlight);
        FlightSize += Cost(in chunk);
        return ref chunk;
    }

    /// <summary>A chunk goes out again, on this path.</summary>
    public void Resend(long tsn, long sentAt)
    {
        Detach(tsn);
        ref var chunk = ref this[tsn];
        chunk.SentAt = sentAt;
        chunk.Transmissions = (ushort)Math.Min(chunk.Transmissions + 1, ushort.MaxValue);
        chunk.Path = Path;
        Append(ref _sentAgain, tsn, ChunkState.InFlight);
        FlightSize += Cost(in chunk);
    }

    public void MarkLost(long tsn)
    {
        Detach(tsn);
        Append(ref _lost, tsn, ChunkState.Lost);
    }

    public void MarkUnreported(long tsn)
    {
        Detach(tsn);
        Append(ref _unreported, tsn, ChunkState.Unreported);
    }

    /// <summary>The next chunk that was beyond the end of the list of gaps and is missing in it now: it is lost.</summary>
    public bool TryReport(long end, out long tsn)
    {
        tsn = _unreported.First;
        if (tsn < 0 || tsn > end)
        {
            return false;
        }

        MarkLost(tsn);
        return true;
    }

    public void Abandon(long tsn)
    {
        ref var chunk = ref this[tsn];
        if (chunk.State is ChunkState.InFlight or ChunkState.Unreported or ChunkState.Lost)
        {
            Detach(tsn);
            Unacknowledged -= chunk.Length;
        }

        AcknowledgedBeyondGap -= chunk.State == ChunkState.Acknowledged ? 1 : 0;
        chunk.State = ChunkState.Abandoned;
        ReleaseData(ref chunk);
    }

    /// <summary>A TSN that is used up without being sent.</summary>
    public void AddAbandoned(OutgoingMessage message)
    {
        if (Count >= _ring.Length)
        {
            Grow();
        }

        message.LastTsn = Next;
        message.Holders++;
        this[Next++] = new() { Message = message, State = ChunkState.Abandoned, Flags = DataChunk.EndFlag, Previous = -1, Next = -1 };
    }

    /// <summary>All up to here arrived.</summary>
    public void AcknowledgeThrough(long cumulative, ref Acknowledgement news)
    {
        while (Cumulative < cumulative)
        {
            var tsn = ++Cumulative;
            ref var chunk = ref this[tsn];
            Acknowledge(tsn, ref chunk, ref news);
            AcknowledgedBeyondGap -= chunk.State == ChunkState.Acknowledged ? 1 : 0;
            ReleaseData(ref chunk);
            queue.Release(chunk.Message);
            chunk.Message = null!;
        }
    }

    /// <summary>These arrived, beyond a gap. What was known before is skipped run by run.</summary>
    public void AcknowledgeRange(long start, long end, ref Acknowledgement news)
    {
        start = Math.Max(start, Cumulative + 2);
        end = Math.Min(end, Next - 1);
        for (var tsn = start; tsn <= end; tsn++)
        {
            ref var chunk = ref this[tsn];
            if (chunk.RunEnd > tsn)
            {
                tsn = chunk.RunEnd;
            }
            else
            {
                Acknowledge(tsn, ref chunk, ref news);
            }
        }

        if (start <= end)
        {
            this[start].RunEnd = Math.Max(end, this[start].RunEnd);
        }
    }

    /// <summary>
    /// The peer took back what it had acknowledged in gap blocks (RFC 9260 §6.2): told by the first missing chunk being one of those.
    /// </summary>
    public bool TryTakeBack()
    {
        if (Count == 0 || this[Cumulative + 1].State != ChunkState.Acknowledged)
        {
            return false;
        }

        for (var tsn = Cumulative + 1; tsn < Next; tsn++)
        {
            ref var chunk = ref this[tsn];
            chunk.RunEnd = 0;
            if (chunk.State == ChunkState.Acknowledged)
            {
                Unacknowledged += chunk.Length;
                Append(ref _lost, tsn, ChunkState.Lost);
            }
        }

        AcknowledgedBeyondGap = 0;

        return true;
    }

    /// <summary>All that is not acknowledged is to be sent again.</summary>
    public int MarkAllLost()
    {
        var count = 0;
        for (; FirstInFlight >= 0; count++)
        {
            MarkLost(FirstInFlight);
        }

        while (TryReport(long.MaxValue, out _))
        {
            count++;
        }

        return count;
    }

    /// <summary>From here on another path carries the chunks; those in flight on the old one fill nothing.</summary>
    public void ChangePath()
    {
        Path++;
        FlightSize = 0;
    }

    public static int Cost(in OutstandingChunk chunk) => chunk.Length + DataChunk.Overhead;

    private void Acknowledge(long tsn, ref OutstandingChunk chunk, ref Acknowledgement news)
    {
        if (chunk.State is ChunkState.Acknowledged or ChunkState.Abandoned)
        {
            return;
        }

        context.Stats.SpuriousLosses += chunk.State == ChunkState.Lost && chunk.Transmissions == 1 ? 1 : 0;
        Detach(tsn);
        chunk.State = ChunkState.Acknowledged;
        AcknowledgedBeyondGap++;
        Unacknowledged -= chunk.Length;
        Note(tsn, in chunk, ref news);
    }

    private void Note(long tsn, in OutstandingChunk chunk, ref Acknowledgement news)
    {
        news.Chunks++;
        var onThisPath = chunk.Path == Path;
        if (chunk.SentAt > news.NewestSentAt || (chunk.SentAt == news.NewestSentAt && tsn > news.NewestTsn))
        {
            news.NewestSentAt = chunk.SentAt;
            news.NewestTsn = tsn;
            news.NewestWasRetransmitted = chunk.Transmissions > 1;
            news.NewestOnThisPath = onThisPath;
        }

        if (onThisPath)
        {
            news.Bytes += Cost(in chunk);
            if (chunk.Transmissions == 1)
            {
                news.SampleSentAt = chunk.SentAt > _newestAcknowledged ? chunk.SentAt : news.SampleSentAt;
                news.SawReordering |= tsn < _highestAcknowledged;
            }
        }

        _newestAcknowledged = Math.Max(_newestAcknowledged, chunk.SentAt);
        _highestAcknowledged = Math.Max(_highestAcknowledged, tsn);
    }

    private void ReleaseData(ref OutstandingChunk chunk)
    {
        if (chunk.Data is { } data)
        {
            chunk.Data = null;
            queue.Account(chunk.Message.Stream, chunk.Length);
            context.Pool.Return(data);
        }
    }

    private void Append(ref ChunkList list, long tsn, ChunkState state)
    {
        ref var chunk = ref this[tsn];
        chunk.State = state;
        chunk.Previous = list.Last;
        chunk.Next = -1;
        if (list.IsEmpty)
        {
            list.First = tsn;
        }
        else
        {
            this[list.Last].Next = tsn;
        }

        list.Last = tsn;
    }

    private void Detach(long tsn)
    {
        ref var chunk = ref this[tsn];
        ref var list = ref ListOf(in chunk);
        if (chunk.State == ChunkState.InFlight && chunk.Path == Path)
        {
            FlightSize -= Cost(in chunk);
        }

        if (chunk.Previous < 0)
        {
            list.First = chunk.Next;
        }
        else
        {
            this[chunk.Previous].Next = chunk.Next;
        }

        if (chunk.Next < 0)
        {
            list.Last = chunk.Previous;
        }
        else
        {
            this[chunk.Next].Previous = chunk.Previous;
        }
    }

    private ref ChunkList ListOf(in OutstandingChunk chunk)
    {
        switch (chunk.State)
        {
            case ChunkState.Lost:
                return ref _lost;
            case ChunkState.Unreported:
                return ref _unreported;
            default:
                return ref chunk.Transmissions > 1 ? ref _sentAgain : ref _sentOnce;
        }
    }

    private void Grow()
    {
        var larger = new OutstandingChunk[_ring.Length * 2];
        for (var tsn = Cumulative + 1; tsn < Next; tsn++)
        {
            larger[(int)tsn & (larger.Length - 1)] = this[tsn];
        }

        _ring = larger;
    }
}

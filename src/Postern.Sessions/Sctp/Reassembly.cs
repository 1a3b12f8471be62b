namespace Postern.Sessions.Sctp;

/// <summary>
/// Puts fragments together (RFC 9260 §6.9). What arrives in order is appended to the one message that is under way; what arrives
/// beyond a gap is kept in a ring by TSN, where runs of one message know their ends, so that a whole one is found at once.
/// </summary>
internal sealed class Reassembly(AssociationContext context, InboundStreams streams)
{
    private ReceivedChunk[] _ring = new ReceivedChunk[64];
    private PartialMessage _partial;

    /// <summary>Bytes held beyond a gap, with their cost.</summary>
    public long Held { get; private set; }

    /// <summary>The TSN that continues the message under way, or begins a new one.</summary>
    public long NextInOrder { get; private set; }

    public void Start(uint initialTsn) => NextInOrder = Tsn.First(initialTsn);

    /// <summary>Takes the chunk with the next TSN; false when its message becomes larger than allowed.</summary>
    public bool TryAppend(in DataChunk data)
    {
        NextInOrder++;
        if (data.IsBegin && data.IsEnd)
        {
            DropPartial();
            streams.Deliver(data.Stream, data.StreamSequence, data.IsUnordered, data.PayloadProtocol, data.Payload.ToArray());
            return true;
        }

        if (!data.IsBegin && _partial.IsEmpty)
        {
            return true; // the rest of a message that was given up
        }

        return TryAppend(context.Pool.Rent(data.Payload), data.Flags, data.Stream, data.StreamSequence, data.PayloadProtocol);
    }

    /// <summary>Takes a chunk beyond a gap; its TSN is not there yet, and lies at most 65,535 ahead.</summary>
    public void Store(long tsn, in DataChunk data)
    {
        while (tsn - NextInOrder >= _ring.Length)
        {
            Grow();
        }

        ref var slot = ref Slot(tsn);
        slot = new()
        {
            Data = context.Pool.Rent(data.Payload),
            PayloadProtocol = data.PayloadProtocol,
            Stream = data.Stream,
            StreamSequence = data.StreamSequence,
            Flags = data.Flags,
            RunStart = tsn,
            RunEnd = tsn,
        };
        Held += Cost(slot.Data);
        Join(tsn);
    }

    /// <summary>All up to here has arrived: takes over what the ring holds of it; false when a message becomes larger than allowed.</summary>
    public bool TryAdvance(long cumulative)
    {
        while (NextInOrder <= cumulative)
        {
            ref var slot = ref Slot(NextInOrder++);
            if (slot.Data is not { } data)
            {
                continue; // assembled before
            }

            slot.Data = null;
            Held -= Cost(data);
            if (_partial.IsEmpty && (slot.Flags & DataChunk.BeginFlag) == 0)
            {
                context.Pool.Return(data);
            }
            else if (!TryAppend(data, slot.Flags, slot.Stream, slot.StreamSequence, slot.PayloadProtocol))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Everything below this TSN that is not assembled is given up (RFC 3758 §3.6).</summary>
    public void Forward(long next, ReadOnlySpan<TsnRange> arrived)
    {
        DropPartial();
        foreach (var range in arrived)
        {
            for (var tsn = range.Start; tsn <= range.End && tsn < next; tsn++)
            {
                ref var slot = ref Slot(tsn);
                if (slot.Data is { } data)
                {
                    slot.Data = null;
                    Held -= Cost(data);
                    context.Pool.Return(data);
                }
            }
        }

        NextInOrder = Math.Max(NextInOrder, next);
    }

    private bool TryAppend(PooledBuffer data, byte flags, ushort stream, ushort sequence, uint payloadProtocol)
    {
        if ((flags & DataChunk.BeginFlag) != 0)
        {
            DropPartial();
            _partial = new() { Stream = stream, StreamSequence = sequence, PayloadProtocol = payloadProtocol, Flags = flags };
        }

        _partial.Append(data);
        if (_partial.Length > context.Options.MaximumIncomingMessageSize)
        {
            return false;
        }

        if ((flags & DataChunk.EndFlag) != 0)
        {
            var whole = _partial;
            var payload = new byte[whole.Length];
            whole.CopyTo(payload);
            DropPartial();
            streams.Deliver(whole.Stream, whole.StreamSequence, (whole.Flags & DataChunk.UnorderedFlag) != 0, whole.PayloadProtocol, payload);
        }

        return true;
    }

    private void DropPartial()
    {
        context.Pool.ReturnChain(_partial.First);
        _partial = default;
    }

    /// <summary>Joins a fragment with its neighbours of the same message, and assembles the message if that makes it whole.</summary>
    private void Join(long tsn)
    {
        long start = tsn, end = tsn;
        if ((Slot(tsn).Flags & DataChunk.BeginFlag) == 0 && tsn > NextInOrder
            && Slot(tsn - 1) is { Data: not null } left && (left.Flags & DataChunk.EndFlag) == 0)
        {
            start = left.RunStart;
        }

        if ((Slot(tsn).Flags & DataChunk.EndFlag) == 0 && tsn + 1 - NextInOrder < _ring.Length
            && Slot(tsn + 1) is { Data: not null } right && (right.Flags & DataChunk.BeginFlag) == 0)
        {
            end = right.RunEnd;
        }

        Slot(start).RunEnd = end;
        Slot(end).RunStart = start;
        if ((Slot(start).Flags & DataChunk.BeginFlag) != 0 && (Slot(end).Flags & DataChunk.EndFlag) != 0)
        {
            Assemble(start, end);
        }
    }

    private void Assemble(long start, long end)
    {
        var length = 0;
        for (var tsn = start; tsn <= end; tsn++)
        {
            length += Slot(tsn).Data!.Length;
        }

        var payload = new byte[length];
        var rest = payload.AsSpan();
        for (var tsn = start; tsn <= end; tsn++)
        {
            ref var slot = ref Slot(tsn);
            var data = slot.Data!;
            data.Span.CopyTo(rest);
            rest = rest[data.Length..];
            slot.Data = null;
            Held -= Cost(data);
            context.Pool.Return(data);
        }

        ref var first = ref Slot(start);
        streams.Deliver(first.Stream, first.StreamSequence, (first.Flags & DataChunk.UnorderedFlag) != 0, first.PayloadProtocol, payload);
    }

    private static int Cost(PooledBuffer data) => data.Length + InboundStreams.HoldingCost;

    private ref ReceivedChunk Slot(long tsn) => ref _ring[(int)tsn & (_ring.Length - 1)];

    private void Grow()
    {
        var larger = new ReceivedChunk[_ring.Length * 2];
        for (var tsn = NextInOrder; tsn < NextInOrder + _ring.Length; tsn++)
        {
            larger[(int)tsn & (larger.Length - 1)] = Slot(tsn);
        }

        _ring = larger;
    }
}

namespace Postern.Sessions.Sctp;

/// <summary>
/// Answers the peer's requests (RFC 6525 §5.2): a reset of its streams is performed once all that it sent before has arrived,
/// and is "in progress" until then.
/// </summary>
internal sealed class IncomingReset(AssociationContext context, DataReceiver receiver)
{
    private uint _lastSequence;
    private ReconfigResult _lastResult = ReconfigResult.NothingToDo;
    private ushort[]? _deferred;
    private long _deferredUntil;

    /// <summary>The number of the last request that was answered.</summary>
    public uint LastSequence => _lastSequence;

    /// <summary>Request numbers begin with the peer's initial TSN (RFC 6525 §4.1).</summary>
    public void Start() => _lastSequence = context.Peer.InitialTsn - 1;

    public void HandleReset(in ResetRequest request)
    {
        if (IsRepeated(request.RequestSequence))
        {
            return;
        }

        _deferred = null;
        var last = Tsn.Unwrap(request.LastAssignedTsn, receiver.Cumulative);
        var streams = new ushort[request.StreamCount];
        for (var i = 0; i < streams.Length; i++)
        {
            streams[i] = request.Stream(i);
        }

        if (Array.Exists(streams, stream => stream >= context.Self.InboundStreams))
        {
            Answer(request.RequestSequence, ReconfigResult.WrongStreamSequence);
        }
        else if (last > receiver.Cumulative)
        {
            _deferred = streams;
            _deferredUntil = last;
            Answer(request.RequestSequence, ReconfigResult.InProgress);
        }
        else
        {
            Perform(streams);
            Answer(request.RequestSequence, ReconfigResult.Performed);
        }
    }

    /// <summary>A request of another kind: to reset streams of ours, TSNs, or to add streams.</summary>
    public void HandleOther(uint sequence, ReconfigResult result)
    {
        if (!IsRepeated(sequence))
        {
            Answer(sequence, result);
        }
    }

    /// <summary>Whether the request is a new one that is next in turn; else it is answered here.</summary>
    public bool IsNext(uint sequence) => sequence == _lastSequence + 1;

    /// <summary>More has arrived: a deferred reset may be due.</summary>
    public void Advance()
    {
        if (_deferred is { } streams && receiver.Cumulative >= _deferredUntil)
        {
            _deferred = null;
            Perform(streams);
            Answer(_lastSequence, ReconfigResult.Performed);
        }
    }

    private bool IsRepeated(uint sequence)
    {
        if (sequence == _lastSequence + 1)
        {
            return false;
        }

        Respond(sequence, sequence == _lastSequence ? _lastResult : ReconfigResult.BadSequenceNumber);
        return true;
    }

    private void Perform(ushort[] streams)
    {
        if (streams.Length == 0)
        {
            receiver.Streams.ResetAll();
        }

        foreach (var stream in streams)
        {
            receiver.Streams.Reset(stream);
        }

        context.Events.Enqueue(new SctpEvent.StreamsReset(ByPeer: true, streams));
    }

    private void Answer(uint sequence, ReconfigResult result)
    {
        _lastSequence = sequence;
        _lastResult = result;
        Respond(sequence, result);
    }

    private void Respond(uint sequence, ReconfigResult result)
    {
        Span<byte> value = stackalloc byte[ReconfigResponse.Size];
        new ReconfigResponse(sequence, result).Write(value);
        context.Control.Add(SctpChunkType.Reconfig, 0, value);
    }
}

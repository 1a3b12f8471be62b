using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>Gives messages up by lifetime or number of retransmissions, and tells the peer to go on without them (RFC 3758 §3.5, RFC 7496 §3).</summary>
internal sealed class PartialReliability(AssociationContext context, SendQueue queue, Outstanding outstanding)
{
    private readonly List<(ushort Stream, ushort Sequence)> _skips = [];
    private long _forwardPoint = -1;   // Advanced.Peer.Ack.Point (RFC 3758 §3.5)
    private bool _isDue;
    private Instant _writtenAt;

    /// <summary>Whether the peer has yet to go on to the point behind abandoned chunks.</summary>
    public bool IsUnsettled => _forwardPoint > outstanding.Cumulative;

    /// <summary>Whether a FORWARD TSN is to be written.</summary>
    public bool IsDue => _isDue && IsUnsettled;

    /// <summary>Gives up what is due among the messages whose chunks would be sent next.</summary>
    public void Purge(Instant now)
    {
        if (!context.Peer.ForwardsTsn)
        {
            return;
        }

        while (outstanding.FirstLost >= 0 && IsGivenUp(in outstanding[outstanding.FirstLost], now))
        {
            Abandon(outstanding[outstanding.FirstLost].Message);
        }

        if (queue.Peek(now) is { HasBegun: true } message && message.Expires <= now)
        {
            Abandon(message);
        }
    }

    public bool IsGivenUp(in OutstandingChunk chunk, Instant now) =>
        context.Peer.ForwardsTsn && (chunk.Message.Expires <= now || chunk.Transmissions > chunk.Message.MaximumRetransmissions);

    public void Abandon(OutgoingMessage message)
    {
        context.Stats.MessagesAbandoned++;
        message.IsAbandoned = true;
        for (var tsn = Math.Max(message.FirstTsn, outstanding.Cumulative + 1); tsn <= message.LastTsn; tsn++)
        {
            outstanding.Abandon(tsn);
        }

        if (message.Unsent is not null)
        {
            // The peer may hold all that was sent of it and wait for the rest: a TSN that is never sent stands for its end.
            outstanding.AddAbandoned(message);
            queue.Drop(message);
        }

        Advance();
    }

    /// <summary>Moves the point over abandoned chunks (RFC 3758 §3.5 C2).</summary>
    public void Advance()
    {
        var before = _forwardPoint;
        _forwardPoint = Math.Max(_forwardPoint, outstanding.Cumulative);
        while (_forwardPoint + 1 < outstanding.Next && outstanding[_forwardPoint + 1].State == ChunkState.Abandoned)
        {
            _forwardPoint++;
        }

        _isDue |= _forwardPoint > before;
    }

    /// <summary>A SACK came that is still behind the point: perhaps the FORWARD TSN was lost (RFC 3758 §3.5 C3).</summary>
    public void OnSack(Instant now)
    {
        Advance();
        _isDue |= now - _writtenAt >= context.Rtt.Smoothed;
    }

    public void OnTimeout() => _isDue = true;

    public void WriteTo(ref PacketWriter writer, Instant now)
    {
        if (!IsDue || writer.Room < ForwardTsnChunk.FieldsSize + ForwardTsnChunk.SkipSize)
        {
            return;
        }

        var point = CollectSkips((writer.Room - ForwardTsnChunk.FieldsSize) / ForwardTsnChunk.SkipSize);
        var rest = ForwardTsnChunk.Write(ref writer, (uint)point, _skips.Count);
        foreach (var (stream, sequence) in _skips)
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, stream);
            BinaryPrimitives.WriteUInt16BigEndian(rest[2..], sequence);
            rest = rest[ForwardTsnChunk.SkipSize..];
        }

        _isDue = false;
        _writtenAt = now;
    }

    /// <summary>The last skipped message of every ordered stream, as many as fit, and the TSN that they reach.</summary>
    private long CollectSkips(int bound)
    {
        _skips.Clear();
        OutgoingMessage? seen = null;
        for (var tsn = outstanding.Cumulative + 1; tsn <= _forwardPoint; tsn++)
        {
            var message = outstanding[tsn].Message;
            if (message == seen || message.IsUnordered)
            {
                continue;
            }

            seen = message;
            var index = _skips.FindIndex(skip => skip.Stream == message.Stream.Id);
            if (index >= 0)
            {
                _skips[index] = (message.Stream.Id, message.StreamSequence);
            }
            else if (_skips.Count < bound)
            {
                _skips.Add((message.Stream.Id, message.StreamSequence));
            }
            else
            {
                return tsn - 1;
            }
        }

        return _forwardPoint;
    }
}

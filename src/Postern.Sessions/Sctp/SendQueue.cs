using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>
/// Messages that wait to be sent. Streams take turns message by message, so that a long queue on one does not hold up another;
/// within a message the fragments' TSNs must follow each other (RFC 9260 §6.9), so a message that has begun goes first.
/// </summary>
internal sealed class SendQueue(AssociationContext context)
{
    private const int MessageCost = 128;

    private readonly StreamTable<OutboundStream> _streams = new();
    private OutboundStream? _firstActive;
    private OutboundStream? _lastActive;
    private OutgoingMessage? _spare;
    private long _messages;

    /// <summary>User bytes accepted and neither acknowledged nor abandoned.</summary>
    public long Buffered { get; private set; }

    /// <summary>What counts against the send buffer: bytes, and what every message costs beside, so that many small ones are bounded, too.</summary>
    public long Cost => Buffered + (_messages * MessageCost);

    /// <summary>User bytes not yet sent for the first time.</summary>
    public long Unsent { get; private set; }

    public bool IsEmpty => _firstActive is null;

    public OutboundStream Stream(ushort id)
    {
        var stream = _streams[id];
        stream.Id = id;
        return stream;
    }

    public OutboundStream? FindStream(ushort id) => _streams.Find(id);

    public void Enqueue(OutboundStream stream, uint payloadProtocol, ReadOnlySpan<byte> payload, SendOptions options, Instant now)
    {
        var message = TakeSpare();
        _messages++;
        message.Stream = stream;
        message.PayloadProtocol = payloadProtocol;
        message.IsUnordered = options.Unordered;
        message.Expires = options.Lifetime is { } lifetime ? now + lifetime : Instant.Never;
        message.MaximumRetransmissions = options.MaximumRetransmissions ?? int.MaxValue;
        message.FirstTsn = message.LastTsn = -1;
        message.Holders = 1;
        message.Unsent = CopyIntoFragments(payload);
        stream.Buffered += payload.Length;
        Buffered += payload.Length;
        Unsent += payload.Length;
        Append(stream, message);
    }

    /// <summary>The message whose fragment goes next; those that outlived themselves before they began are dropped here (RFC 3758 §3.5).</summary>
    public OutgoingMessage? Peek(Instant now)
    {
        while (_firstActive is { } stream)
        {
            var message = stream.First!;
            if (message.HasBegun || message.Expires > now || !context.Peer.ForwardsTsn)
            {
                return message;
            }

            context.Stats.MessagesAbandoned++;
            Drop(message);
        }

        return null;
    }

    /// <summary>Takes the next fragment of the message that <see cref="Peek"/> gave; the caller becomes its holder.</summary>
    public PooledBuffer Take(OutgoingMessage message, long tsn, out byte flags)
    {
        var buffer = message.Unsent!;
        message.Unsent = buffer.Next;
        buffer.Next = null;
        flags = message.IsUnordered ? DataChunk.UnorderedFlag : (byte)0;
        if (!message.HasBegun)
        {
            flags |= DataChunk.BeginFlag;
            message.FirstTsn = tsn;
            message.StreamSequence = message.IsUnordered ? (ushort)0 : message.Stream.NextSequence++;
        }

        message.LastTsn = tsn;
        message.Holders++;
        Unsent -= buffer.Length;
        if (message.Unsent is null)
        {
            flags |= DataChunk.EndFlag;
            EndTurn(message.Stream);
            Release(message);
        }

        return buffer;
    }

    /// <summary>Forgets what of a message is still unsent.</summary>
    public void Drop(OutgoingMessage message)
    {
        if (message.Unsent is null)
        {
            return;
        }

        for (var buffer = message.Unsent; buffer is not null; buffer = buffer.Next)
        {
            Unsent -= buffer.Length;
            Account(message.Stream, buffer.Length);
        }

        context.Pool.ReturnChain(message.Unsent);
        message.Unsent = null;
        EndTurn(message.Stream);
        Release(message);
    }

    /// <summary>These bytes of a stream are acknowledged or abandoned.</summary>
    public void Account(OutboundStream stream, int length)
    {
        stream.Buffered -= length;
        Buffered -= length;
    }

    public void Release(OutgoingMessage message)
    {
        if (--message.Holders == 0)
        {
            _messages--;
            message.IsAbandoned = false;
            message.Next = _spare;
            _spare = message;
        }
    }

    private PooledBuffer CopyIntoFragments(ReadOnlySpan<byte> payload)
    {
        var size = context.FragmentSize;
        var first = context.Pool.Rent(payload[..Math.Min(size, payload.Length)]);
        for (var last = first; payload.Length > size; last = last.Next)
        {
            payload = payload[size..];
            last.Next = context.Pool.Rent(payload[..Math.Min(size, payload.Length)]);
        }

        return first;
    }

    private OutgoingMessage TakeSpare()
    {
        var message = _spare ?? new();
        _spare = message.Next;
        message.Next = null;
        return message;
    }

    private void Append(OutboundStream stream, OutgoingMessage message)
    {
        if (stream.First is null)
        {
            stream.First = message;
        }
        else
        {
            stream.Last!.Next = message;
        }

        stream.Last = message;
        if (!stream.IsActive)
        {
            Activate(stream);
        }
    }

    /// <summary>The first message of the first stream is done: the stream goes to the end of the round, or out of it.</summary>
    private void EndTurn(OutboundStream stream)
    {
        var message = stream.First!;
        stream.First = message.Next;
        message.Next = null;
        _firstActive = stream.NextActive;
        _lastActive = _firstActive is null ? null : _lastActive;
        stream.IsActive = false;
        stream.NextActive = null;
        if (stream.First is not null)
        {
            Activate(stream);
        }
    }

    private void Activate(OutboundStream stream)
    {
        stream.IsActive = true;
        if (_lastActive is null)
        {
            _firstActive = stream;
        }
        else
        {
            _lastActive.NextActive = stream;
        }

        _lastActive = stream;
    }
}

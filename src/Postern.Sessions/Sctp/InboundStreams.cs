namespace Postern.Sessions.Sctp;

/// <summary>Hands messages up in the order of their stream (RFC 9260 §6.6), and holds those that came before their turn.</summary>
internal sealed class InboundStreams(AssociationContext context)
{
    /// <summary>What a held message or chunk counts beside its bytes, so that many small ones are bounded, too.</summary>
    public const int HoldingCost = 128;

    private readonly StreamTable<InboundStream> _streams = new();

    /// <summary>Bytes held, with their cost.</summary>
    public long Held { get; private set; }

    public void Deliver(ushort stream, ushort sequence, bool isUnordered, uint payloadProtocol, byte[] payload)
    {
        if (isUnordered)
        {
            HandUp(stream, payloadProtocol, payload);
            return;
        }

        var inbound = _streams[stream];
        if (sequence == inbound.NextSequence)
        {
            inbound.NextSequence++;
            HandUp(stream, payloadProtocol, payload);
            HandUpHeld(stream, inbound);
        }
        else if ((short)(sequence - inbound.NextSequence) > 0)
        {
            Hold(inbound, new(sequence, payloadProtocol, payload));
        }
    }

    /// <summary>Messages up to this one will not come any more (RFC 3758 §3.6).</summary>
    public void Skip(ushort stream, ushort sequence)
    {
        var inbound = _streams[stream];
        if ((short)(sequence - inbound.NextSequence) < 0)
        {
            return;
        }

        while (inbound.First is { } held && (short)(held.Sequence - sequence) <= 0)
        {
            Remove(inbound, held);
            HandUp(stream, held.PayloadProtocol, held.Payload);
        }

        inbound.NextSequence = (ushort)(sequence + 1);
        HandUpHeld(stream, inbound);
    }

    /// <summary>The stream begins anew (RFC 6525 §5.2.2 E4).</summary>
    public void Reset(ushort stream)
    {
        if (_streams.Find(stream) is { } inbound)
        {
            inbound.NextSequence = 0;
            HandUpHeld(stream, inbound);
        }
    }

    public void ResetAll()
    {
        foreach (var stream in _streams.Touched())
        {
            Reset(stream);
        }
    }

    private void HandUpHeld(ushort stream, InboundStream inbound)
    {
        while (inbound.First is { } held && held.Sequence == inbound.NextSequence)
        {
            inbound.NextSequence++;
            Remove(inbound, held);
            HandUp(stream, held.PayloadProtocol, held.Payload);
        }
    }

    private void HandUp(ushort stream, uint payloadProtocol, byte[] payload)
    {
        context.Stats.MessagesReceived++;
        context.Events.Enqueue(new SctpEvent.MessageReceived(stream, payloadProtocol, payload));
    }

    private void Hold(InboundStream inbound, HeldMessage message)
    {
        var before = inbound.Last;
        while (before is not null && (short)(before.Sequence - message.Sequence) > 0)
        {
            before = before.Previous;
        }

        if (before?.Sequence == message.Sequence)
        {
            return; // two messages with one number: the peer is broken, the first one counts
        }

        message.Previous = before;
        message.Next = before is null ? inbound.First : before.Next;
        Link(inbound, message);
        Held += message.Payload.Length + HoldingCost;
    }

    private static void Link(InboundStream inbound, HeldMessage message)
    {
        if (message.Previous is null)
        {
            inbound.First = message;
        }
        else
        {
            message.Previous.Next = message;
        }

        if (message.Next is null)
        {
            inbound.Last = message;
        }
        else
        {
            message.Next.Previous = message;
        }
    }

    /// <summary>Takes the first held message out.</summary>
    private void Remove(InboundStream inbound, HeldMessage message)
    {
        inbound.First = message.Next;
        if (message.Next is null)
        {
            inbound.Last = null;
        }
        else
        {
            message.Next.Previous = null;
        }

        Held -= message.Payload.Length + HoldingCost;
    }
}

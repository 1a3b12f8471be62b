using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Protocol.Stun;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>The questions to the server, and all that leaves from spare sockets: in strict order, for the order is what they measure.</summary>
internal sealed class PortQuestions(Endpoint server, SpareSockets sockets, ProbeAllowance allowance, IRandom random)
{
    private const int MostPackets = 2048;
    private const int PacketSize = 64;

    private readonly List<PortQuestion> _open = [];
    private readonly Queue<(byte[] Bytes, Transmit Transmit)> _outbox = new();
    private Instant _notedAt = Instant.Never;

    public Endpoint Server => server;

    /// <summary>Packets that have left.</summary>
    public long Sent { get; private set; }

    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Never;
            foreach (var question in _open)
            {
                next = Instant.Min(next, question.NextDeadline);
            }

            return next;
        }
    }

    /// <summary>Asks from a fresh socket; null where there is none.</summary>
    public PortQuestion? TryAsk(Instant now)
    {
        if (!sockets.TryTake(out var socket))
        {
            return null;
        }

        if (_notedAt != now) // to one port: those that leave together are one
        {
            _notedAt = now;
            allowance.NoteServer(server, now);
        }

        return Ask(socket, now);
    }

    /// <summary>Asks from this socket, whatever it was used for.</summary>
    public PortQuestion Ask(Endpoint socket, Instant now)
    {
        var question = new PortQuestion(socket, TransactionId.Draw(random), now);
        _open.Add(question);
        Send(question);
        return question;
    }

    /// <summary>A packet that opens our NAT and says nothing: a Binding indication (RFC 8445 §11).</summary>
    public void Knock(Endpoint source, Endpoint destination, byte timeToLive)
    {
        var bytes = new byte[PacketSize];
        var writer = new StunWriter(bytes, StunClass.Indication, StunMethod.Binding, TransactionId.Draw(random));
        writer.AddFingerprint();
        Enqueue(bytes, new(writer.Length, source, destination, timeToLive));
    }

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination)
    {
        if (source != server || StunMessage.TryParse(datagram, out var message) != StunError.None || message.Class != StunClass.Success
            || Find(message.TransactionId, destination) is not { } asked
            || !message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped) || mapped.Port == 0)
        {
            return false;
        }

        asked.Answer(mapped);
        Close(asked);
        return true;
    }

    public void HandleDeadline(Instant now)
    {
        foreach (var question in _open.ToArray())
        {
            if (question.TryRepeat(now))
            {
                Send(question);
            }
            else if (question.IsGivenUp)
            {
                Close(question);
            }
        }
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        if (!_outbox.TryDequeue(out var packet))
        {
            transmit = default;
            return false;
        }

        packet.Bytes.AsSpan(0, packet.Transmit.Length).CopyTo(buffer);
        transmit = packet.Transmit;
        Sent++;
        return true;
    }

    public void Stop()
    {
        _open.Clear();
        _outbox.Clear();
    }

    private PortQuestion? Find(TransactionId id, Endpoint socket) => _open.Find(question => question.Socket == socket && question.Id == id);

    private void Send(PortQuestion question)
    {
        var bytes = new byte[PacketSize];
        var writer = new StunWriter(bytes, StunClass.Request, StunMethod.Binding, question.Id);
        writer.AddFingerprint();
        Enqueue(bytes, new(writer.Length, question.Socket, server));
    }

    private void Enqueue(byte[] bytes, Transmit transmit)
    {
        if (_outbox.Count < MostPackets)
        {
            _outbox.Enqueue((bytes, transmit));
        }
    }

    private void Close(PortQuestion question)
    {
        _open.Remove(question);
        sockets.Release(question.Socket);
    }
}

using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>RE-CONFIG in both directions (RFC 6525).</summary>
internal sealed class StreamReset(AssociationContext context, DataSender sender, DataReceiver receiver)
{
    private readonly OutgoingReset _outgoing = new(context, sender);
    private readonly IncomingReset _incoming = new(context, receiver);

    public Instant NextDeadline => _outgoing.NextDeadline;

    public void Start()
    {
        _outgoing.Start();
        _incoming.Start();
    }

    public void Want(ushort stream, Instant now) => _outgoing.Want(stream, now);

    public void Handle(in Chunk chunk, Instant now)
    {
        foreach (var parameter in new ParameterReader(chunk.Value))
        {
            switch (parameter.Type)
            {
                case SctpParameterType.OutgoingResetRequest when ResetRequest.TryRead(parameter, out var request):
                    _incoming.HandleReset(in request);
                    break;
                case SctpParameterType.IncomingResetRequest when parameter.Value.Length >= 4:
                    HandleIncoming(parameter, now);
                    break;
                case SctpParameterType.AssociationResetRequest or SctpParameterType.AddOutgoingStreams or SctpParameterType.AddIncomingStreams
                    when parameter.Value.Length >= 4:
                    _incoming.HandleOther(BinaryPrimitives.ReadUInt32BigEndian(parameter.Value), ReconfigResult.Denied);
                    break;
                case SctpParameterType.ReconfigResponse when ReconfigResponse.TryRead(parameter, out var response):
                    _outgoing.HandleResponse(response, now);
                    break;
            }
        }
    }

    /// <summary>Something was received or acknowledged: resets that waited for it go on.</summary>
    public void Advance(Instant now)
    {
        _incoming.Advance();
        _outgoing.Advance(now);
    }

    public void HandleDeadline(Instant now) => _outgoing.HandleDeadline(now);

    public void Resend() => _outgoing.Resend();

    public void WriteTo(ref PacketWriter writer, Instant now) => _outgoing.WriteTo(ref writer, _incoming.LastSequence, now);

    /// <summary>The peer asks us to reset streams of ours (RFC 6525 §5.2.3): they join the queue of resets.</summary>
    private void HandleIncoming(in Parameter parameter, Instant now)
    {
        var sequence = BinaryPrimitives.ReadUInt32BigEndian(parameter.Value);
        if (_incoming.IsNext(sequence))
        {
            for (var rest = parameter.Value[4..]; rest.Length >= 2; rest = rest[2..])
            {
                if (sender.Queue.FindStream(BinaryPrimitives.ReadUInt16BigEndian(rest)) is { } stream)
                {
                    _outgoing.Want(stream.Id, now);
                }
            }
        }

        _incoming.HandleOther(sequence, ReconfigResult.NothingToDo);
    }
}

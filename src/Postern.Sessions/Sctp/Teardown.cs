using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>The graceful end (RFC 9260 §9.2): SHUTDOWN, SHUTDOWN ACK, SHUTDOWN COMPLETE, once all data has arrived.</summary>
internal sealed class Teardown(AssociationContext context, DataSender sender, DataReceiver receiver)
{
    private bool _isSendDue;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public void Shutdown(Instant now)
    {
        if (context.State is SctpState.Idle or SctpState.CookieWait or SctpState.CookieEchoed)
        {
            context.Close(SctpCloseReason.Shutdown);
        }
        else if (context.State == SctpState.Established)
        {
            context.State = SctpState.ShutdownPending;
            Advance(now);
        }
    }

    public void HandleShutdown(in Chunk chunk, Instant now)
    {
        if (chunk.Value.Length < 4 || !context.CarriesData)
        {
            return;
        }

        sender.HandleCumulative(BinaryPrimitives.ReadUInt32BigEndian(chunk.Value), now);
        if (context.State == SctpState.ShutdownSent)
        {
            Enter(SctpState.ShutdownAckSent, now);
        }
        else
        {
            context.State = SctpState.ShutdownReceived;
            Advance(now);
        }
    }

    public void HandleShutdownAck()
    {
        if (context.State is SctpState.ShutdownSent or SctpState.ShutdownAckSent)
        {
            var tag = context.Peer.Tag;
            context.Close(SctpCloseReason.Shutdown);
            context.Control.AddAlone(SctpChunkType.ShutdownComplete, 0, tag, default);
        }
    }

    public void HandleShutdownComplete()
    {
        if (context.State == SctpState.ShutdownAckSent)
        {
            context.Close(SctpCloseReason.Shutdown);
        }
    }

    /// <summary>A packet with DATA came although we said SHUTDOWN: tell again how far all arrived.</summary>
    public void OnData() => _isSendDue |= context.State == SctpState.ShutdownSent;

    /// <summary>Goes on once nothing is left to be acknowledged.</summary>
    public void Advance(Instant now)
    {
        if (!sender.IsIdle)
        {
            return;
        }

        if (context.State == SctpState.ShutdownPending)
        {
            Enter(SctpState.ShutdownSent, now);
        }
        else if (context.State == SctpState.ShutdownReceived)
        {
            Enter(SctpState.ShutdownAckSent, now);
        }
    }

    public void HandleDeadline(Instant now)
    {
        if (NextDeadline > now)
        {
            return;
        }

        NextDeadline = Instant.Never;
        if (context.State is SctpState.ShutdownSent or SctpState.ShutdownAckSent)
        {
            context.CountError();
            _isSendDue = true;
        }
    }

    public void WriteTo(ref PacketWriter writer, Instant now)
    {
        if (!_isSendDue || writer.Room < 4)
        {
            return;
        }

        _isSendDue = false;
        NextDeadline = now + context.Rtt.Rto;
        if (context.State == SctpState.ShutdownSent)
        {
            BinaryPrimitives.WriteUInt32BigEndian(writer.AddChunk(SctpChunkType.Shutdown, 0, 4), (uint)receiver.Cumulative);
        }
        else if (context.State == SctpState.ShutdownAckSent)
        {
            writer.AddChunk(SctpChunkType.ShutdownAck, 0, 0);
        }
    }

    private void Enter(SctpState state, Instant now)
    {
        context.State = state;
        _isSendDue = true;
        NextDeadline = now + context.Rtt.Rto;
    }
}

using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>Brings every chunk of a packet to the machine that it is for (RFC 9260 §8.4, §8.5).</summary>
internal sealed class ChunkRouter(AssociationParts parts)
{
    /// <summary>RFC 9260 §8.5, §8.5.1: INIT has tag 0 and stands alone; ABORT and SHUTDOWN COMPLETE may reflect the peer's tag.</summary>
    public bool IsOurs(in SctpPacket packet)
    {
        if (packet.SourcePort != parts.Context.RemotePort || packet.DestinationPort != parts.Context.Options.LocalPort)
        {
            return false;
        }

        var reader = packet.Chunks;
        if (!reader.MoveNext())
        {
            return false;
        }

        var first = reader.Current;
        return first.Type switch
        {
            SctpChunkType.Init => packet.VerificationTag == 0 && !reader.MoveNext(),
            SctpChunkType.Abort or SctpChunkType.ShutdownComplete when (first.Flags & 1) != 0 =>
                packet.VerificationTag == parts.Context.Peer.Tag && parts.Context.Peer.Tag != 0,
            SctpChunkType.CookieEcho => packet.VerificationTag != 0,
            _ => packet.VerificationTag == parts.Context.Self.Tag,
        };
    }

    /// <summary>False when the rest of the packet is not to be read.</summary>
    public bool Handle(in Chunk chunk, in SctpPacket packet, Instant now)
    {
        if (parts.Context.State == SctpState.Closed)
        {
            return HandleOutOfTheBlue(in chunk);
        }

        switch (chunk.Type)
        {
            case SctpChunkType.Init:
                parts.Handshake.HandleInit(in chunk, now);
                return false;
            case SctpChunkType.InitAck:
                parts.Handshake.HandleInitAck(in chunk, now);
                return false;
            case SctpChunkType.CookieEcho:
                parts.Handshake.HandleCookieEcho(in chunk, packet.VerificationTag, now);
                parts.BeginIfEstablished(now);
                return packet.VerificationTag == parts.Context.Self.Tag;
            case SctpChunkType.CookieAck:
                parts.Handshake.HandleProofOfAssociation();
                parts.BeginIfEstablished(now);
                return true;
            case SctpChunkType.Abort:
                parts.Context.Close(SctpCloseReason.PeerAborted, ErrorCause.First(in chunk));
                return false;
            case SctpChunkType.Error:
                if (ErrorCause.First(in chunk) == SctpCause.StaleCookie)
                {
                    parts.Handshake.HandleStaleCookie(now);
                }

                return true;
            case SctpChunkType.Heartbeat:
                parts.Context.Control.Add(SctpChunkType.HeartbeatAck, 0, chunk.Value);
                return true;
            default:
                return HandleOfAssociation(in chunk, now);
        }
    }

    /// <summary>Chunks that only an end sends which has an association: they prove that our COOKIE ECHO arrived.</summary>
    private bool HandleOfAssociation(in Chunk chunk, Instant now)
    {
        if (!Enum.IsDefined(chunk.Type))
        {
            return HandleUnknown(in chunk);
        }

        parts.Handshake.HandleProofOfAssociation();
        parts.BeginIfEstablished(now);
        if (chunk.Type == SctpChunkType.ShutdownAck)
        {
            parts.Teardown.HandleShutdownAck();
        }
        else if (chunk.Type == SctpChunkType.ShutdownComplete)
        {
            parts.Teardown.HandleShutdownComplete();
        }
        else if (parts.Context.CarriesData)
        {
            HandleCarried(in chunk, now);
        }

        return parts.Context.State != SctpState.Closed;
    }

    private void HandleCarried(in Chunk chunk, Instant now)
    {
        switch (chunk.Type)
        {
            case SctpChunkType.Data when DataChunk.TryRead(chunk, out var data):
                parts.Receiver.HandleData(in data);
                parts.Teardown.OnData();
                break;
            case SctpChunkType.Sack when SackChunk.TryRead(chunk, out var sack):
                parts.Sender.HandleSack(in sack, now);
                parts.Heartbeat.OnSignOfLife(now);
                break;
            case SctpChunkType.ForwardTsn when ForwardTsnChunk.TryRead(chunk, out var forward):
                parts.Receiver.HandleForward(in forward);
                break;
            case SctpChunkType.Reconfig:
                parts.Reset.Handle(in chunk, now);
                break;
            case SctpChunkType.HeartbeatAck:
                parts.Heartbeat.HandleAck(in chunk, now);
                break;
            case SctpChunkType.Shutdown:
                parts.Teardown.HandleShutdown(in chunk, now);
                break;
        }
    }

    /// <summary>RFC 9260 §3.2: the two highest bits of the type say what to do.</summary>
    private bool HandleUnknown(in Chunk chunk)
    {
        if (chunk.IsReportedWhenUnknown && parts.Context.CarriesData)
        {
            Span<byte> value = stackalloc byte[Parameter.HeaderSize + 256];
            var detail = chunk.Whole[..Math.Min(chunk.Whole.Length, 256)];
            parts.Context.Control.Add(SctpChunkType.Error, 0, value[..ErrorCause.Write(value, SctpCause.UnrecognizedChunkType, detail)]);
        }

        return chunk.IsSkippedWhenUnknown;
    }

    /// <summary>The association is over, but the peer does not know (RFC 9260 §8.4).</summary>
    private bool HandleOutOfTheBlue(in Chunk chunk)
    {
        if (parts.Context.Peer.Tag != 0 && chunk.Type is not (SctpChunkType.Abort or SctpChunkType.ShutdownComplete or SctpChunkType.Error or SctpChunkType.Init))
        {
            var answer = chunk.Type == SctpChunkType.ShutdownAck ? SctpChunkType.ShutdownComplete : SctpChunkType.Abort;
            parts.Context.Control.AddAlone(answer, 0, parts.Context.Peer.Tag, default);
        }

        return false;
    }
}

using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>Composes the next packet: what must travel alone first, else control chunks and then DATA (RFC 9260 §6.10).</summary>
internal sealed class PacketFiller(AssociationParts parts)
{
    public bool TryFill(Span<byte> buffer, Instant now, out int length)
    {
        length = 0;
        buffer = buffer[..Math.Min(buffer.Length, parts.Context.Options.MaximumPacketSize)];
        if (parts.Context.Control.TryTakeAlone(out var lone))
        {
            var alone = NewPacket(buffer, lone.LoneTag!.Value);
            alone.AddChunk(lone.Type, lone.Flags, lone.Value);
            length = Finish(in alone);
            return true;
        }

        if (parts.Context.State is SctpState.Idle or SctpState.Closed)
        {
            return false;
        }

        if (parts.Context.State is SctpState.CookieWait or SctpState.CookieEchoed)
        {
            return TryTransmitHandshake(buffer, now, out length);
        }

        var writer = NewPacket(buffer, parts.Context.Peer.Tag);
        Fill(ref writer, now);
        length = writer.IsEmpty ? 0 : Finish(in writer);
        return length > 0;
    }

    private bool TryTransmitHandshake(Span<byte> buffer, Instant now, out int length)
    {
        length = 0;
        if (!parts.Handshake.IsSendDue)
        {
            return false;
        }

        parts.Handshake.OnSent(now);
        var writer = NewPacket(buffer, parts.Context.State == SctpState.CookieWait ? 0 : parts.Context.Peer.Tag);
        if (parts.Context.State == SctpState.CookieWait)
        {
            var reader = new ChunkReader(parts.Handshake.LocalInit);
            reader.MoveNext();
            writer.AddChunk(SctpChunkType.Init, 0, reader.Current.Value);
        }
        else
        {
            writer.AddChunk(SctpChunkType.CookieEcho, 0, parts.Handshake.Cookie);
            parts.Sender.Transmission.WriteTo(ref writer, now); // as much as fits; until COOKIE ACK no other packet leaves (RFC 9260 §5.1 C)
        }

        length = Finish(in writer);
        return true;
    }

    /// <summary>Control chunks stand before DATA (RFC 9260 §6.10).</summary>
    private void Fill(ref PacketWriter writer, Instant now)
    {
        parts.Context.Control.WriteTo(ref writer);
        var sacks = parts.Receiver.Sacks;
        if (sacks.IsDue || (sacks.IsPending && parts.Sender.Transmission.NextChunkSize(now) is > 0 and var size && writer.Room + Chunk.HeaderSize >= size + sacks.Size))
        {
            if (writer.Room >= SackChunk.FieldsSize)
            {
                sacks.WriteTo(ref writer, parts.Receiver.Window);
            }
        }

        parts.Teardown.WriteTo(ref writer, now);
        parts.Heartbeat.WriteTo(ref writer, now);
        parts.Reset.WriteTo(ref writer, now);
        if (parts.Context.State is not (SctpState.ShutdownSent or SctpState.ShutdownAckSent))
        {
            parts.Sender.Transmission.WriteTo(ref writer, now);
        }
    }

    private PacketWriter NewPacket(Span<byte> buffer, uint tag) => new(buffer, parts.Context.Options.LocalPort, parts.Context.RemotePort, tag);

    private int Finish(in PacketWriter writer)
    {
        parts.Context.Stats.PacketsSent++;
        return writer.Finish();
    }
}

using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>Writes DATA and FORWARD TSN into packets: what is lost first, then what is new, as far as windows and pacing allow.</summary>
internal sealed class Transmission(
    AssociationContext context,
    SendQueue queue,
    Outstanding outstanding,
    PartialReliability reliability,
    CongestionControl congestion,
    RetransmissionTimer timer)
{
    private Instant _pacedUntil = Instant.Never;

    /// <summary>When the pacer lets the next packet go; never where it holds nothing up.</summary>
    public Instant NextDeadline => _pacedUntil;

    /// <summary>What the peer's last SACK left room for (RFC 9260 §6.2.1).</summary>
    public long PeerWindow { get; set; }

    /// <summary>The next packet carries a tail loss probe.</summary>
    public bool IsProbeWanted { get; set; }

    /// <summary>Whether a tail loss probe would make sense: something is in flight, and nothing is known to be lost.</summary>
    public bool CanProbe => outstanding.FirstInFlight >= 0 && outstanding.FirstLost < 0 && PeerWindow > 0;

    public void HandleDeadline(Instant now)
    {
        if (_pacedUntil <= now)
        {
            _pacedUntil = Instant.Never;
        }
    }

    public void ChangePath() => _pacedUntil = Instant.Never;

    /// <summary>Bytes of the DATA chunk that would go into the next packet now; 0 for none.</summary>
    public int NextChunkSize(Instant now)
    {
        if ((outstanding.FirstLost < 0 && queue.IsEmpty) || (_pacedUntil != Instant.Never && _pacedUntil > now))
        {
            return 0;
        }

        var isNew = outstanding.FirstLost < 0;
        var length = isNew ? queue.Peek(now)?.Unsent!.Length ?? 0 : outstanding[outstanding.FirstLost].Length;
        var goes = congestion.MaySend(outstanding.FlightSize, length + DataChunk.Overhead) && (!isNew || WindowAllows(length));
        return goes && length > 0 ? length + DataChunk.Overhead : 0;
    }

    /// <summary>Fills a packet with what may leave now.</summary>
    public void WriteTo(ref PacketWriter writer, Instant now)
    {
        reliability.Purge(now);
        if (reliability.IsDue)
        {
            reliability.WriteTo(ref writer, now);
            timer.Ensure(now);
        }

        if (outstanding.FirstLost < 0 && queue.IsEmpty && !IsProbeWanted)
        {
            return;
        }

        if (!IsProbeWanted && !congestion.Pacer.MaySend(now))
        {
            _pacedUntil = congestion.Pacer.NextSend(now);
            return;
        }

        _pacedUntil = Instant.Never;
        var before = writer.Length;
        WriteProbe(ref writer, now);
        if (WriteLost(ref writer, now))
        {
            WriteNew(ref writer, now);
        }

        if (writer.Length > before)
        {
            congestion.Pacer.OnSent(writer.Length - before);
            timer.OnSent(CanProbe, now);
        }
    }

    /// <summary>The tail loss probe: new data if there is any, else the chunk sent last (RFC 8985 §7.3); congestion control does not hold it up.</summary>
    private void WriteProbe(ref PacketWriter writer, Instant now)
    {
        if (!IsProbeWanted)
        {
            return;
        }

        IsProbeWanted = false;
        if (outstanding.FirstLost < 0 && queue.Peek(now) is { } message && WindowAllows(message.Unsent!.Length)
            && DataChunk.FieldsSize + message.Unsent.Length <= writer.Room && !outstanding.IsFull)
        {
            WriteFragment(ref writer, message, DataChunk.ImmediateFlag, now);
        }
        else if (outstanding.LastInFlight >= 0 && DataChunk.FieldsSize + outstanding[outstanding.LastInFlight].Length <= writer.Room)
        {
            Resend(ref writer, outstanding.LastInFlight, now);
        }
    }

    /// <summary>True when nothing is left to be sent again.</summary>
    private bool WriteLost(ref PacketWriter writer, Instant now)
    {
        for (var tsn = outstanding.FirstLost; tsn >= 0; tsn = outstanding.FirstLost)
        {
            ref var chunk = ref outstanding[tsn];
            if (reliability.IsGivenUp(in chunk, now))
            {
                reliability.Abandon(chunk.Message);
                continue;
            }

            if (DataChunk.FieldsSize + chunk.Length > writer.Room
                || !congestion.MaySend(outstanding.FlightSize, Outstanding.Cost(in chunk))
                || (PeerWindow == 0 && outstanding.FlightSize > 0))
            {
                return false;
            }

            Resend(ref writer, tsn, now);
        }

        return true;
    }

    private void WriteNew(ref PacketWriter writer, Instant now)
    {
        while (!outstanding.IsFull && queue.Peek(now) is { } message)
        {
            var length = message.Unsent!.Length;
            if (DataChunk.FieldsSize + length > writer.Room
                || !congestion.MaySend(outstanding.FlightSize, length + DataChunk.Overhead)
                || !WindowAllows(length))
            {
                return;
            }

            WriteFragment(ref writer, message, 0, now);
        }
    }

    private void WriteFragment(ref PacketWriter writer, OutgoingMessage message, byte extraFlags, Instant now)
    {
        var tsn = outstanding.Next;
        var data = queue.Take(message, tsn, out var flags);
        ref var chunk = ref outstanding.Add(message, data, flags, now.Ticks);
        Write(ref writer, in chunk, tsn, queue.IsEmpty ? DataChunk.ImmediateFlag : extraFlags);
    }

    private void Resend(ref PacketWriter writer, long tsn, Instant now)
    {
        context.Stats.ChunksRetransmitted++;
        outstanding.Resend(tsn, now.Ticks);
        Write(ref writer, in outstanding[tsn], tsn, outstanding.FirstLost < 0 ? DataChunk.ImmediateFlag : (byte)0);
    }

    private void Write(ref PacketWriter writer, in OutstandingChunk chunk, long tsn, byte extraFlags)
    {
        var message = chunk.Message;
        var payload = DataChunk.Write(
            ref writer, (byte)(chunk.Flags | extraFlags), (uint)tsn, message.Stream.Id, message.StreamSequence, message.PayloadProtocol, chunk.Length);
        chunk.Data!.Span.CopyTo(payload);
        context.Stats.ChunksSent++;
        context.Stats.BytesSent += chunk.Length;
    }

    /// <summary>RFC 9260 §6.1 A: beyond the peer's window one chunk may be on its way, to find out when it opens.</summary>
    private bool WindowAllows(int length) => outstanding.Unacknowledged + length <= PeerWindow || outstanding.Unacknowledged == 0;
}

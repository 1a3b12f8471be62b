using System.Buffers.Binary;
using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>When a SACK leaves and what it says (RFC 9260 §6.2): every second packet or after 200 ms, at once where a gap opens or closes.</summary>
internal sealed class SackSchedule(AssociationContext context, TsnRanges received)
{
    private const int MaximumDuplicates = 20;
    private const int PacketsPerSack = 2;

    // A sender that counts missing reports (RFC 9260 §7.2.4) repairs at the third: the packets after a new gap are told one by one.
    private const int EagerAfterGap = 4;

    private readonly uint[] _duplicates = new uint[MaximumDuplicates];
    private int _duplicateCount;
    private int _packets;
    private int _eager;
    private bool _isDue;
    private bool _hasData;
    private uint _advertised = uint.MaxValue;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public bool IsPending => _isDue || NextDeadline != Instant.Never;

    public bool IsDue => _isDue;

    /// <summary>Bytes that the chunk takes.</summary>
    public int Size => Chunk.HeaderSize + SackChunk.FieldsSize + (4 * (received.Count + _duplicateCount));

    public void OnDuplicate(uint tsn)
    {
        if (_duplicateCount < MaximumDuplicates)
        {
            _duplicates[_duplicateCount++] = tsn;
        }

        Demand();
    }

    /// <summary>A chunk arrived that was not there.</summary>
    public void OnChunk(bool changesGaps, bool wantsSack)
    {
        _hasData = true;
        if (changesGaps)
        {
            _eager = EagerAfterGap;
        }

        _isDue |= wantsSack;
    }

    /// <summary>A packet with DATA is read to its end.</summary>
    public void OnPacketEnd(Instant now)
    {
        if (!_hasData)
        {
            return;
        }

        _hasData = false;
        if (_eager > 0)
        {
            _eager--;
            _isDue = true;
        }

        if (++_packets >= PacketsPerSack)
        {
            _isDue = true;
        }
        else if (NextDeadline == Instant.Never)
        {
            NextDeadline = now + context.Options.SackDelay;
        }
    }

    public void Demand() => _isDue = true;

    /// <summary>Room was made: tells the peer if it thinks that there is none (RFC 9260 §6.2).</summary>
    public void OnWindow(uint window)
    {
        if (_advertised < context.Options.ReceiveWindow / 8 && window >= context.Options.ReceiveWindow / 4)
        {
            Demand();
        }
    }

    public void HandleDeadline(Instant now) => _isDue |= NextDeadline <= now;

    public void WriteTo(ref PacketWriter writer, uint window)
    {
        var blocks = Math.Max(0, (writer.Room - SackChunk.FieldsSize) / 4);
        var gaps = CountGaps(blocks);
        var duplicates = Math.Min(_duplicateCount, blocks - gaps);
        var rest = SackChunk.Write(ref writer, (uint)received.Cumulative, window, gaps, duplicates);
        foreach (var range in received.Ranges[..gaps])
        {
            BinaryPrimitives.WriteUInt16BigEndian(rest, (ushort)(range.Start - received.Cumulative));
            BinaryPrimitives.WriteUInt16BigEndian(rest[2..], (ushort)(range.End - received.Cumulative));
            rest = rest[4..];
        }

        for (var i = 0; i < duplicates; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(rest[(4 * i)..], _duplicates[i]);
        }

        _duplicateCount = 0;
        _packets = 0;
        _isDue = false;
        NextDeadline = Instant.Never;
        _advertised = window;
        context.Stats.SacksSent++;
    }

    private int CountGaps(int bound)
    {
        var count = Math.Min(received.Count, bound);
        while (count > 0 && received.Ranges[count - 1].End - received.Cumulative > ushort.MaxValue)
        {
            count--;
        }

        return count;
    }
}

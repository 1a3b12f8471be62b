using System.Buffers.Binary;

namespace Postern.Sessions.Sctp;

/// <summary>The receiving half: which TSNs arrived, what they make up, when and how that is acknowledged.</summary>
internal sealed class DataReceiver
{
    private readonly AssociationContext _context;
    private readonly TsnRanges _received = new();
    private readonly Reassembly _reassembly;
    private int _withheld;

    public DataReceiver(AssociationContext context)
    {
        _context = context;
        Streams = new(context);
        _reassembly = new(context, Streams);
        Sacks = new(context, _received);
    }

    public InboundStreams Streams { get; }

    public SackSchedule Sacks { get; }

    public long Cumulative => _received.Cumulative;

    /// <summary>Bytes that the peer may still send (RFC 9260 §6.2).</summary>
    public uint Window => (uint)Math.Max(0, _context.Options.ReceiveWindow - Held - _withheld);

    private long Held => _reassembly.Held + Streams.Held;

    public void Start()
    {
        _received.Start(_context.Peer.InitialTsn);
        _reassembly.Start(_context.Peer.InitialTsn);
    }

    /// <summary>Bytes that the application has taken but not worked off: they narrow the window.</summary>
    public void Withhold(int bytes)
    {
        _withheld = bytes;
        Sacks.OnWindow(Window);
    }

    public void HandleData(in DataChunk data)
    {
        if (data.Payload.IsEmpty)
        {
            Span<byte> tsnBytes = stackalloc byte[4];
            BinaryPrimitives.WriteUInt32BigEndian(tsnBytes, data.Tsn);
            _context.Violate(SctpCause.NoUserData, tsnBytes);
            return;
        }

        var tsn = Tsn.Unwrap(data.Tsn, _received.Cumulative);
        if (_received.Contains(tsn))
        {
            _context.Stats.DuplicatesReceived++;
            Sacks.OnDuplicate(data.Tsn);
            return;
        }

        var changesGaps = _received.Count > 0 || tsn != _received.Cumulative + 1;
        var opensOrCloses = changesGaps && tsn != _received.Highest + 1;
        if (!IsRoomFor(tsn, data.Payload.Length) || !_received.TryAdd(tsn))
        {
            _context.Stats.ChunksDropped++;
            Sacks.Demand();
            return;
        }

        _context.Stats.BytesReceived += data.Payload.Length;
        Sacks.OnChunk(opensOrCloses, (data.Flags & DataChunk.ImmediateFlag) != 0);
        Take(tsn, in data);
    }

    /// <summary>FORWARD TSN (RFC 3758 §3.6).</summary>
    public void HandleForward(in ForwardTsnChunk forward)
    {
        Sacks.Demand();
        var point = Tsn.Unwrap(forward.NewCumulativeTsn, _received.Cumulative);
        if (point <= _received.Cumulative)
        {
            return;
        }

        _reassembly.Forward(point + 1, _received.Ranges);
        _received.Forward(point);
        for (var i = 0; i < forward.SkipCount; i++)
        {
            var (stream, sequence) = forward.Skip(i);
            Streams.Skip(stream, sequence);
        }

        AdvanceTo(_received.Cumulative);
    }

    private void Take(long tsn, in DataChunk data)
    {
        if (data.Stream >= _context.Self.InboundStreams)
        {
            ReportStream(data.Stream);
        }
        else if (tsn == _reassembly.NextInOrder)
        {
            if (!_reassembly.TryAppend(in data))
            {
                _context.Violate(SctpCause.OutOfResource);
                return;
            }
        }
        else
        {
            _reassembly.Store(tsn, in data);
        }

        AdvanceTo(_received.Cumulative);
    }

    private void AdvanceTo(long cumulative)
    {
        if (!_reassembly.TryAdvance(cumulative))
        {
            _context.Violate(SctpCause.OutOfResource);
        }

        Sacks.OnWindow(Window);
    }

    /// <summary>The next TSN is always welcome, since it frees what is held; beyond it the window counts, and the reach of a gap block.</summary>
    private bool IsRoomFor(long tsn, int length)
    {
        var limit = (long)_context.Options.ReceiveWindow;
        if (tsn == _received.Cumulative + 1)
        {
            return _withheld < limit && Held <= limit + _context.Options.MaximumIncomingMessageSize;
        }

        return tsn - _received.Cumulative <= Outstanding.Maximum && Held + length + InboundStreams.HoldingCost <= limit;
    }

    /// <summary>RFC 9260 §6.5: acknowledged, reported, not handed up.</summary>
    private void ReportStream(ushort stream)
    {
        Span<byte> detail = [(byte)(stream >> 8), (byte)stream, 0, 0];
        Span<byte> value = stackalloc byte[16];
        _context.Control.Add(SctpChunkType.Error, 0, value[..ErrorCause.Write(value, SctpCause.InvalidStreamIdentifier, detail)]);
    }
}

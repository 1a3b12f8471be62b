using System.Runtime.CompilerServices;
using Postern.Firewalls.Learning.Captures;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Reads a log or a capture, whatever language each of its lines is in, and hands on every packet that opens a flow. Nothing that it
/// reads can throw; what it cannot use is counted by kind.
/// </summary>
public sealed class LogReader
{
    private readonly LogNames _names;
    private readonly SightingHandler _found;
    private readonly LineCounts _counts;
    private readonly LineReader _reader;
    private readonly LineAssembler _lines;
    private readonly CaptureAssembler _capture;
    private readonly byte[] _beginning = new byte[4];
    private readonly ushort[] _renamed = new ushort[LogNames.MaximumCount];
    private int _begun;
    private Input _input;

    /// <param name="names">Where names are kept; several readers may share it.</param>
    /// <param name="counts">What is counted; several readers may share it.</param>
    /// <param name="now">The present, for logs that leave out the year.</param>
    /// <param name="found">Is given every packet that opens a flow.</param>
    public LogReader(LogNames names, LineCounts counts, DateTimeOffset now, SightingHandler found)
    {
        (_names, _found, _counts) = (names, found, counts);
        _reader = new(names, now);
        _lines = new(TakeLine, () => _counts.Add(LineKind.TooLong));
        _capture = new(TakePacket);
    }

    private enum Input : byte
    {
        Unknown, Lines, Capture,
    }

    /// <summary>Whether the first four bytes are those of a capture.</summary>
    public static bool IsCapture(ReadOnlySpan<byte> beginning) => CaptureAssembler.IsCapture(beginning);

    /// <summary>The next bytes, cut anywhere.</summary>
    public void Feed(ReadOnlySpan<byte> bytes)
    {
        _counts.Bytes += bytes.Length;
        if (_input == Input.Unknown)
        {
            var missing = Math.Min(_beginning.Length - _begun, bytes.Length);
            bytes[..missing].CopyTo(_beginning.AsSpan(_begun));
            _begun += missing;
            bytes = bytes[missing..];
            if (_begun < _beginning.Length)
            {
                return;
            }

            Begin();
        }

        Pass(bytes);
    }

    /// <summary>
    /// The next lines, which a block has read already: the same as to feed its bytes, but much quicker. It must begin at the beginning of
    /// a line. What it could not know by itself (the columns that a heading before it named, and whether there is room for its names)
    /// is looked at here; where it guessed wrong its lines are read again.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Take(LogBlock block, ReadOnlySpan<byte> lines)
    {
        _input = _input == Input.Unknown ? Input.Lines : _input;
        if (!block.Before.AsSpan().SequenceEqual(_reader.Columns) || !TryRename(block))
        {
            Feed(lines);
            block.Guess(_reader.Columns);
            return;
        }

        _counts.Bytes += lines.Length;
        _counts.Add(block.Counts);
        _reader.Columns = block.After;
        foreach (ref var sighting in block.Flows)
        {
            (sighting.In, sighting.Out, sighting.Prefix) = (_renamed[sighting.In], _renamed[sighting.Out], _renamed[sighting.Prefix]);
            _found(sighting);
        }
    }

    /// <summary>The end: the last line may lack its end.</summary>
    public void Complete()
    {
        if (_input == Input.Unknown)
        {
            Begin();
        }

        if (_input == Input.Lines)
        {
            _lines.Complete();
        }
        else
        {
            _capture.Complete();
        }
    }

    private void Begin()
    {
        var beginning = _beginning.AsSpan(0, _begun);
        _input = CaptureAssembler.IsCapture(beginning) ? Input.Capture : Input.Lines;
        Pass(beginning);
    }

    private void Pass(ReadOnlySpan<byte> bytes)
    {
        if (_input == Input.Lines)
        {
            _lines.Feed(bytes);
        }
        else
        {
            _capture.Feed(bytes);
        }
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        if (_reader.Read(line, isClean: !LineBytes.AreControls(line), _counts, out var sighting) == LineKind.Flow)
        {
            _found(sighting);
        }
    }

    private void TakePacket(LineKind kind, in Sighting sighting)
    {
        _counts.Add(kind);
        if (kind == LineKind.Flow)
        {
            var copy = sighting;
            copy.At = sighting.At is >= 0 and <= LogTime.Latest ? sighting.At : Sighting.NoTime; // a capture may say anything
            _found(copy);
        }
    }

    /// <summary>Numbers the block's names as this log does; false where there is no room for them all.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryRename(LogBlock block)
    {
        for (var id = 0; id < block.Names.Count; id++)
        {
            _renamed[id] = id <= LogNames.Others ? (ushort)id : _names.Of(block.Names.Bytes((ushort)id));
            if (_renamed[id] == LogNames.Others && id > LogNames.Others)
            {
                return false;
            }
        }

        return !block.Names.IsFull;
    }
}

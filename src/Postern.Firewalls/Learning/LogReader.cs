using System.Buffers;
using Postern.Firewalls.Learning.Captures;
using Postern.Firewalls.Learning.Readers;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Reads a log or a capture, whatever language each of its lines is in, and hands on every packet that opens a flow. Nothing that it
/// reads can throw; what it cannot use is counted by kind.
/// </summary>
public sealed class LogReader
{
    private static readonly SearchValues<byte> Controls = SearchValues.Create([.. Enumerable.Range(0, 32).Where(octet => octet != '\t').Select(octet => (byte)octet), 127]);

    private readonly SightingHandler _found;
    private readonly LineCounts _counts;
    private readonly ILineReader[] _readers;
    private readonly LineAssembler _lines;
    private readonly CaptureAssembler _capture;
    private readonly byte[] _beginning = new byte[4];
    private int _begun;
    private Input _input;
    private int _last;

    /// <param name="names">Where names are kept; several readers may share it.</param>
    /// <param name="counts">What is counted; several readers may share it.</param>
    /// <param name="now">The present, for logs that leave out the year.</param>
    /// <param name="found">Is given every packet that opens a flow.</param>
    public LogReader(LogNames names, LineCounts counts, DateTimeOffset now, SightingHandler found)
    {
        (_found, _counts) = (found, counts);
        var time = new LogTime(now);
        _readers =
        [
            new KernelLogReader(names, time), new JournalReader(names), new UlogdJsonReader(names, time), new ConntrackReader(time),
            new FilterLogReader(names, time), new WindowsFirewallReader(time),
        ];
        _lines = new(TakeLine, () => _counts.Add(LineKind.TooLong));
        _capture = new(TakePacket);
    }

    private enum Input : byte
    {
        Unknown, Lines, Capture,
    }

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
        if (line.IsEmpty)
        {
            _counts.Add(LineKind.Comment);
            return;
        }

        if (line.ContainsAny(Controls))
        {
            _counts.Add(LineKind.Unprintable);
            return;
        }

        var kind = Read(line, out var sighting);
        if (kind == LineKind.Foreign && LossNotice.TryRead(line, out var lost))
        {
            (kind, _counts.LostLines) = (LineKind.Lost, _counts.LostLines + lost);
        }

        Take(kind, ref sighting);
    }

    /// <summary>A log mostly keeps to one language: the reader that knew the last line is asked first.</summary>
    private LineKind Read(ReadOnlySpan<byte> line, out Sighting sighting)
    {
        sighting = Sighting.Nothing;
        if (_readers[_last].TryRead(line, ref sighting, out var kind))
        {
            return kind;
        }

        for (var i = 0; i < _readers.Length; i++)
        {
            sighting = Sighting.Nothing;
            if (i != _last && _readers[i].TryRead(line, ref sighting, out kind))
            {
                _last = i;
                return kind;
            }
        }

        return LineKind.Foreign;
    }

    private void TakePacket(LineKind kind, in Sighting sighting)
    {
        var copy = sighting;
        Take(kind, ref copy);
    }

    private void Take(LineKind kind, ref Sighting sighting)
    {
        _counts.Add(kind);
        if (kind == LineKind.Flow)
        {
            sighting.At = sighting.At is >= 0 and <= LogTime.Latest ? sighting.At : Sighting.NoTime; // numbers in a log may be anything
            _found(sighting);
        }
    }
}

using System.Runtime.CompilerServices;
using Postern.Firewalls.Learning.Readers;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Some whole lines of a log, read by themselves: many blocks can be read at once, and <see cref="LogReader.Take"/> then puts them
/// together in their order. What is known of a block does not grow beyond its lines.
/// </summary>
public sealed class LogBlock
{
    private const int FirstRoom = 1024;

    private readonly LineReader _reader;
    private Sighting[] _flows = new Sighting[FirstRoom];
    private int _count;

    /// <param name="now">The present, for logs that leave out the year; the same for all blocks of a log.</param>
    public LogBlock(DateTimeOffset now)
    {
        _reader = new(Names, now);
        (Before, After) = (_reader.Columns, _reader.Columns);
    }

    internal LogNames Names { get; } = new();

    internal LineCounts Counts { get; } = new();

    /// <summary>The columns that were taken to be those of the last heading before it.</summary>
    internal WindowsColumn[] Before { get; private set; }

    /// <summary>The columns of its own last heading.</summary>
    internal WindowsColumn[] After { get; private set; }

    /// <summary>What opens a flow, in the order of the lines.</summary>
    internal Span<Sighting> Flows => _flows.AsSpan(0, _count);

    /// <summary>Reads lines, the last of which may lack its end, and forgets what was read before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Read(ReadOnlySpan<byte> lines)
    {
        Names.Clear();
        Counts.Clear();
        _count = 0;
        Before = _reader.Columns;
        while (!lines.IsEmpty)
        {
            var control = LineBytes.IndexOfControl(lines);
            var isEnd = control >= 0 && lines[control] == '\n';
            var end = control < 0 ? lines.Length : isEnd ? control : control + lines[control..].IndexOf((byte)'\n');
            end = end < control ? lines.Length : end; // the last line lacks its end
            var line = LineAssembler.Trimmed(lines[..end]);
            if (end > LineAssembler.MaximumLength)
            {
                Counts.Add(LineKind.TooLong);
            }
            else
            {
                Take(line, isClean: control < 0 || control >= line.Length);
            }

            lines = lines[Math.Min(end + 1, lines.Length)..];
        }

        After = _reader.Columns;
    }

    /// <summary>What the columns before it turned out to be: the guess for the next lines that it reads.</summary>
    internal void Guess(WindowsColumn[] columns) => _reader.Columns = columns;

    private void Take(ReadOnlySpan<byte> line, bool isClean)
    {
        if (_count == _flows.Length)
        {
            Array.Resize(ref _flows, 2 * _count);
        }

        _count += _reader.Read(line, isClean, Counts, out _flows[_count]) == LineKind.Flow ? 1 : 0;
    }
}

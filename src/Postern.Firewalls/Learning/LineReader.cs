using System.Runtime.CompilerServices;
using Postern.Firewalls.Learning.Readers;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Reads single lines, whatever language each is in. What a line says depends on no other line, but for the columns that a heading of
/// Windows' log names.
/// </summary>
internal sealed class LineReader
{
    private readonly ILineReader[] _json;
    private readonly ILineReader[] _text;
    private readonly WindowsFirewallReader _windows;

    /// <param name="names">Where names are kept.</param>
    /// <param name="now">The present, for logs that leave out the year.</param>
    public LineReader(LogNames names, DateTimeOffset now)
    {
        var time = new LogTime(now);
        _windows = new(time);
        ILineReader[] rest = [new ConntrackReader(time), new FilterLogReader(names, time), _windows];
        _json = [new UlogdJsonReader(names, time), new JournalReader(names, time), .. rest];
        _text = [new KernelLogReader(names, time), .. rest];
    }

    /// <summary>See <see cref="WindowsFirewallReader.Columns"/>.</summary>
    public WindowsColumn[] Columns
    {
        get => _windows.Columns;
        set => _windows.Columns = value;
    }

    /// <summary>Reads a line, and counts it.</summary>
    /// <param name="line">Without its end.</param>
    /// <param name="isClean">Whether it has no control character but tabs.</param>
    /// <param name="counts">Where it is counted.</param>
    /// <param name="sighting">What it says, where it opens a flow.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public LineKind Read(ReadOnlySpan<byte> line, bool isClean, LineCounts counts, out Sighting sighting)
    {
        sighting = Sighting.Nothing;
        var kind = line.IsEmpty ? LineKind.Comment : !isClean ? LineKind.Unprintable : Recognise(line, ref sighting);
        if (kind == LineKind.Foreign && LossNotice.TryRead(line, out var lost))
        {
            (kind, counts.LostLines) = (LineKind.Lost, counts.LostLines + lost);
        }

        counts.Add(kind);
        sighting.At = sighting.At is >= 0 and <= LogTime.Latest ? sighting.At : Sighting.NoTime; // numbers in a log may be anything
        return kind;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private LineKind Recognise(ReadOnlySpan<byte> line, ref Sighting sighting)
    {
        foreach (var reader in line[0] == '{' ? _json : _text)
        {
            if (reader.TryRead(line, ref sighting, out var kind))
            {
                return kind;
            }

            sighting = Sighting.Nothing;
        }

        return LineKind.Foreign;
    }
}

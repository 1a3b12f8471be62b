using Postern.Firewalls.Learning;

namespace Postern.Cli.Firewalls;

/// <summary>One part of a log on its way through memory: its bytes, and what a reader made of them.</summary>
internal sealed class LogPart(DateTimeOffset now)
{
    private readonly byte[] _room = new byte[LogParts.Length];
    private int _count;

    /// <summary>How many parts of the log stand before it.</summary>
    public long Number { get; private set; }

    /// <summary>Whether it holds whole lines, so that it can be read before the parts that stand before it.</summary>
    public bool IsWhole { get; private set; }

    public LogBlock Block { get; } = new(now);

    public ReadOnlySpan<byte> Bytes => _room.AsSpan(0, _count);

    /// <summary>Where its bytes are put.</summary>
    public Span<byte> Room => _room;

    public void Fill(long number, int count, bool isWhole) => (Number, _count, IsWhole) = (number, count, isWhole);
}

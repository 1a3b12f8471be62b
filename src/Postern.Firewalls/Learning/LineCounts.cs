using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Learning;

/// <summary>How many lines of each kind were read.</summary>
public sealed class LineCounts
{
    private static readonly int Kinds = Enum.GetValues<LineKind>().Length;

    private readonly long[] _counts = new long[Kinds];

    public long this[LineKind kind] => _counts[(int)kind];

    public long Total => _counts.Sum();

    /// <summary>How many bytes were read, line ends included.</summary>
    public long Bytes { get; internal set; }

    /// <summary>How many lines the log itself says that it left out, where it says a number.</summary>
    public long LostLines { get; internal set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void Add(LineKind kind) => _counts[(int)kind]++;

    internal void Add(LineCounts other)
    {
        for (var kind = 0; kind < Kinds; kind++)
        {
            _counts[kind] += other._counts[kind];
        }

        (Bytes, LostLines) = (Bytes + other.Bytes, LostLines + other.LostLines);
    }

    internal void Clear()
    {
        Array.Clear(_counts);
        (Bytes, LostLines) = (0, 0);
    }
}

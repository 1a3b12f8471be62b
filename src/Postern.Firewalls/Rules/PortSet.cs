using System.Globalization;

namespace Postern.Firewalls.Rules;

/// <summary>A set of ports as ranges in ascending order that neither touch nor overlap; equal sets are equal values.</summary>
public sealed class PortSet : IEquatable<PortSet>
{
    /// <summary>0 to 65535: a rule that names it need not look at the port.</summary>
    public static readonly PortSet Any = Of(new PortRange(0, ushort.MaxValue));

    public static readonly PortSet None = new([]);

    private readonly PortRange[] _ranges;

    private PortSet(PortRange[] ranges)
    {
        _ranges = ranges;
        foreach (var range in ranges)
        {
            Count += range.Count;
        }
    }

    public IReadOnlyList<PortRange> Ranges => _ranges;

    /// <summary>The same for those who go through millions of them.</summary>
    internal ReadOnlySpan<PortRange> Span => _ranges;

    public bool IsAny => Count == ushort.MaxValue + 1;

    public bool IsEmpty => _ranges.Length == 0;

    public int Count { get; }

    public static PortSet Of(params IEnumerable<PortRange> ranges)
    {
        var sorted = ranges.Where(range => range.First <= range.Last).ToList();
        sorted.Sort();
        var merged = new List<PortRange>(sorted.Count);
        foreach (var range in sorted)
        {
            if (merged.Count > 0 && range.First <= merged[^1].Last + 1)
            {
                merged[^1] = new(merged[^1].First, Math.Max(merged[^1].Last, range.Last));
            }
            else
            {
                merged.Add(range);
            }
        }

        return new([.. merged]);
    }

    public static PortSet Of(ushort port) => new([new(port, port)]);

    /// <summary>Of ranges that are in order already and neither touch nor overlap.</summary>
    internal static PortSet OfOrdered(List<PortRange> ranges) => new([.. ranges]);

    /// <summary>"any", or numbers and ranges with commas between: "80,443,1024-65535". Shorewall's "1024:65535" is understood too.</summary>
    public static bool TryParse(string text, out PortSet set)
    {
        set = None;
        if (text.Trim() == "any")
        {
            set = Any;
            return true;
        }

        var ranges = new List<PortRange>();
        foreach (var part in text.Split(','))
        {
            var ends = part.Split('-', ':');
            if (ends.Length > 2 || !TryPort(ends[0], out var first) || !TryPort(ends[^1], out var last) || first > last)
            {
                return false;
            }

            ranges.Add(new(first, last));
        }

        set = Of(ranges);
        return true;
    }

    public bool Contains(int port)
    {
        foreach (var range in _ranges)
        {
            if (range.Contains(port))
            {
                return true;
            }
        }

        return false;
    }

    public bool Contains(PortSet other)
    {
        var mine = 0;
        foreach (var range in other._ranges)
        {
            while (mine < _ranges.Length && _ranges[mine].Last < range.First)
            {
                mine++;
            }

            if (mine == _ranges.Length || _ranges[mine].First > range.First || _ranges[mine].Last < range.Last)
            {
                return false;
            }
        }

        return true;
    }

    public bool Overlaps(PortSet other) => !Intersect(other).IsEmpty;

    public PortSet Union(PortSet other) => Of(_ranges.Concat(other._ranges));

    public PortSet Intersect(PortSet other)
    {
        var common = new List<PortRange>();
        for (int mine = 0, theirs = 0; mine < _ranges.Length && theirs < other._ranges.Length;)
        {
            var (one, two) = (_ranges[mine], other._ranges[theirs]);
            var (first, last) = (Math.Max(one.First, two.First), Math.Min(one.Last, two.Last));
            if (first <= last)
            {
                common.Add(new(first, last));
            }

            (mine, theirs) = one.Last < two.Last ? (mine + 1, theirs) : (mine, theirs + 1);
        }

        return new([.. common]);
    }

    /// <summary>What of this set is not in the other.</summary>
    public PortSet Except(PortSet other) => Intersect(other.Complement());

    public bool Equals(PortSet? other) => other is not null && _ranges.AsSpan().SequenceEqual(other._ranges);

    public override bool Equals(object? obj) => Equals(obj as PortSet);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var range in _ranges)
        {
            hash.Add(range);
        }

        return hash.ToHashCode();
    }

    /// <summary>As <see cref="TryParse"/> reads it; "none" where empty.</summary>
    public override string ToString() => IsAny ? "any" : IsEmpty ? "none" : Text("-", ",");

    /// <summary>With the format's own signs.</summary>
    public string Text(string between, string separator) => string.Join(separator, _ranges.Select(range => range.Text(between)));

    private PortSet Complement()
    {
        var gaps = new List<PortRange>();
        var next = 0;
        foreach (var range in _ranges)
        {
            if (range.First > next)
            {
                gaps.Add(new((ushort)next, (ushort)(range.First - 1)));
            }

            next = range.Last + 1;
        }

        if (next <= ushort.MaxValue)
        {
            gaps.Add(new((ushort)next, ushort.MaxValue));
        }

        return new([.. gaps]);
    }

    private static bool TryPort(string text, out ushort port) =>
        ushort.TryParse(text.Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out port);
}

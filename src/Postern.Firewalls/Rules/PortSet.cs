using System.Globalization;

namespace Postern.Firewalls.Rules;

/// <summary>
/// A set of ports as ranges in ascending order that neither touch nor overlap; equal sets are equal values. One that was gathered port
/// by port keeps a bit for each, and lists its ranges when somebody asks for them.
/// </summary>
public sealed class PortSet : IEquatable<PortSet>
{
    /// <summary>0 to 65535: a rule that names it need not look at the port.</summary>
    public static readonly PortSet Any = Of(new PortRange(0, ushort.MaxValue));

    public static readonly PortSet None = new(Array.Empty<PortRange>());

    private readonly ulong[]? _map;
    private PortRange[]? _listed;

    private PortSet(PortRange[] ranges)
    {
        _listed = ranges;
        foreach (var range in ranges)
        {
            Count += range.Count;
        }
    }

    private PortSet(ulong[] map) => (_map, Count) = (map, PortMap.Count(map));

    public IReadOnlyList<PortRange> Ranges => Listed;

    public bool IsAny => Count == ushort.MaxValue + 1;

    public bool IsEmpty => Count == 0;

    public int Count { get; }

    /// <summary>The lowest; of a set that is not empty.</summary>
    internal int First => _map is null ? Listed[0].First : PortMap.Next(_map, 0, isSet: true);

    /// <summary>The highest; of a set that is not empty.</summary>
    internal int Last => _map is null ? Listed[^1].Last : PortMap.Last(_map);

    private PortRange[] Listed => _listed ??= PortMap.Ranges(_map);

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

    public static PortSet Of(ushort port) => new([new PortRange(port, port)]);

    /// <summary>Of ranges that are in order already and neither touch nor overlap.</summary>
    internal static PortSet OfOrdered(PortRange[] ranges) => new(ranges);

    /// <summary>Of the bits that are set; see <see cref="PortMap"/>. The map is the set's own from now on.</summary>
    internal static PortSet OfMap(ulong[] map) => new(map);

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
        foreach (var range in Listed)
        {
            if (range.Contains(port))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>How many ports of the set lie from the first to the last, both included.</summary>
    internal int CountBetween(int first, int last)
    {
        if (_map is not null)
        {
            return PortMap.Count(_map, first, last);
        }

        var count = 0;
        foreach (var range in Listed)
        {
            count += Math.Max(0, Math.Min(range.Last, last) - Math.Max(range.First, first) + 1);
        }

        return count;
    }

    /// <summary>The first port of the set from here on; one beyond the last port where there is none.</summary>
    internal int Next(int from)
    {
        if (_map is not null)
        {
            return PortMap.Next(_map, from, isSet: true);
        }

        foreach (var range in Listed)
        {
            if (range.Last >= from)
            {
                return Math.Max(range.First, from);
            }
        }

        return ushort.MaxValue + 1;
    }

    /// <summary>Sets the bit of each port in a map.</summary>
    internal void Mark(Span<ulong> map)
    {
        if (_map is not null)
        {
            PortMap.Set(map, _map);
        }
        else
        {
            PortMap.Set(map, Listed);
        }
    }

    public bool Contains(PortSet other)
    {
        if (other._map is not null)
        {
            return Listed.Sum(range => other.CountBetween(range.First, range.Last)) == other.Count;
        }

        var mine = 0;
        foreach (var range in other.Listed)
        {
            while (mine < Listed.Length && Listed[mine].Last < range.First)
            {
                mine++;
            }

            if (mine == Listed.Length || Listed[mine].First > range.First || Listed[mine].Last < range.Last)
            {
                return false;
            }
        }

        return true;
    }

    public bool Overlaps(PortSet other) => !Intersect(other).IsEmpty;

    public PortSet Union(PortSet other) => Of(Listed.Concat(other.Listed));

    public PortSet Intersect(PortSet other)
    {
        if (_map is not null || other._map is not null)
        {
            return IntersectMaps(other);
        }

        var common = new List<PortRange>();
        for (int mine = 0, theirs = 0; mine < Listed.Length && theirs < other.Listed.Length;)
        {
            var (one, two) = (Listed[mine], other.Listed[theirs]);
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

    public bool Equals(PortSet? other) => other is not null && Count == other.Count && (
        _map is not null && other._map is not null ? _map.AsSpan().SequenceEqual(other._map) : Listed.AsSpan().SequenceEqual(other.Listed));

    public override bool Equals(object? obj) => Equals(obj as PortSet);

    public override int GetHashCode()
    {
        var hash = Count;
        foreach (var range in Listed)
        {
            hash = (hash * 31) ^ (range.First << 16) ^ range.Last;
        }

        return hash;
    }

    /// <summary>As <see cref="TryParse"/> reads it; "none" where empty.</summary>
    public override string ToString() => IsAny ? "any" : IsEmpty ? "none" : Text("-", ",");

    /// <summary>With the format's own signs.</summary>
    public string Text(string between, string separator) => string.Join(separator, Listed.Select(range => range.Text(between)));

    private PortSet IntersectMaps(PortSet other)
    {
        var (map, theirs) = (PortMap.Create(), other._map);
        Mark(map);
        if (theirs is null)
        {
            other.Mark(theirs = PortMap.Create());
        }

        PortMap.Keep(map, theirs);
        return new(map);
    }

    private PortSet Complement()
    {
        var gaps = new List<PortRange>();
        var next = 0;
        foreach (var range in Listed)
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

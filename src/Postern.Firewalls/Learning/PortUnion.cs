using System.Numerics;
using System.Runtime.CompilerServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>The union of many sets of ports, with one bit for each port: a log has millions of them.</summary>
internal static class PortUnion
{
    private const int Words = (ushort.MaxValue + 1) / 64;

    public static PortSet Of(IEnumerable<PortSet> sets)
    {
        var map = new ulong[Words];
        PortSet? last = null;
        foreach (var set in sets)
        {
            if (!ReferenceEquals(set, last)) // groups of one port share its set
            {
                Mark(map, set.Span);
            }

            last = set;
        }

        return Of(map);
    }

    /// <summary>The ports whose bits are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PortSet Of(ReadOnlySpan<ulong> map)
    {
        var ranges = new List<PortRange>();
        for (var port = Next(map, 0, isSet: true); port <= ushort.MaxValue;)
        {
            var end = Next(map, port, isSet: false);
            ranges.Add(new((ushort)port, (ushort)(end - 1)));
            port = Next(map, end, isSet: true);
        }

        return PortSet.OfOrdered(ranges);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Mark(ulong[] map, ReadOnlySpan<PortRange> ranges)
    {
        foreach (var range in ranges)
        {
            var (first, last) = (range.First >> 6, range.Last >> 6);
            var (from, to) = (ulong.MaxValue << (range.First & 63), ulong.MaxValue >> (63 - (range.Last & 63)));
            if (first == last)
            {
                map[first] |= from & to;
                continue;
            }

            map[first] |= from;
            map.AsSpan((first + 1)..last).Fill(ulong.MaxValue);
            map[last] |= to;
        }
    }

    /// <summary>The first port from here on whose bit is as wanted; one beyond the last port where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int Next(ReadOnlySpan<ulong> map, int from, bool isSet)
    {
        for (var word = from >> 6; word < Words; word++)
        {
            var bits = (isSet ? map[word] : ~map[word]) & (word == from >> 6 ? ulong.MaxValue << (from & 63) : ulong.MaxValue);
            if (bits != 0)
            {
                return (word << 6) + BitOperations.TrailingZeroCount(bits);
            }
        }

        return ushort.MaxValue + 1;
    }
}

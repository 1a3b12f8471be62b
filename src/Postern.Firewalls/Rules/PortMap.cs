using System.Numerics;
using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Rules;

/// <summary>Ports as one bit each, for sets that are gathered port by port: a log has millions of them.</summary>
internal static class PortMap
{
    private const int Ports = ushort.MaxValue + 1;
    private const int Words = Ports / 64;

    public static ulong[] Create() => new ulong[Words];

    public static int Count(ReadOnlySpan<ulong> map)
    {
        var count = 0;
        foreach (var word in map)
        {
            count += BitOperations.PopCount(word);
        }

        return count;
    }

    /// <summary>How many of the ports from the first to the last, both included, are set.</summary>
    public static int Count(ReadOnlySpan<ulong> map, int first, int last)
    {
        var (from, to) = (first >> 6, last >> 6);
        var (above, below) = (ulong.MaxValue << (first & 63), ulong.MaxValue >> (63 - (last & 63)));
        return from == to
            ? BitOperations.PopCount(map[from] & above & below)
            : BitOperations.PopCount(map[from] & above) + Count(map[(from + 1)..to]) + BitOperations.PopCount(map[to] & below);
    }

    /// <summary>The first port from here on whose bit is as wanted; one beyond the last port where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static int Next(ReadOnlySpan<ulong> map, int from, bool isSet)
    {
        for (var word = from >> 6; word < Words; word++)
        {
            var bits = (isSet ? map[word] : ~map[word]) & (word == from >> 6 ? ulong.MaxValue << (from & 63) : ulong.MaxValue);
            if (bits != 0)
            {
                return (word << 6) + BitOperations.TrailingZeroCount(bits);
            }
        }

        return Ports;
    }

    /// <summary>Of a map that is not empty.</summary>
    public static int Last(ReadOnlySpan<ulong> map)
    {
        var word = map.LastIndexOfAnyExcept(0UL);
        return (word << 6) + BitOperations.Log2(map[word]);
    }

    /// <summary>The ports whose bits are set.</summary>
    public static PortRange[] Ranges(ReadOnlySpan<ulong> map)
    {
        var ranges = new List<PortRange>();
        for (var port = Next(map, 0, isSet: true); port < Ports;)
        {
            var end = Next(map, port, isSet: false);
            ranges.Add(new((ushort)port, (ushort)(end - 1)));
            port = Next(map, end, isSet: true);
        }

        return [.. ranges];
    }

    public static void Set(Span<ulong> map, int port) => map[port >> 6] |= 1UL << (port & 63);

    /// <summary>Sets the bits of all ranges.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Set(Span<ulong> map, ReadOnlySpan<PortRange> ranges)
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
            map[(first + 1)..last].Fill(ulong.MaxValue);
            map[last] |= to;
        }
    }

    /// <summary>Sets the bits that are set in the other.</summary>
    public static void Set(Span<ulong> map, ReadOnlySpan<ulong> other)
    {
        for (var i = 0; i < map.Length && i < other.Length; i++)
        {
            map[i] |= other[i];
        }
    }

    /// <summary>Clears the bits that are not set in the other.</summary>
    public static void Keep(Span<ulong> map, ReadOnlySpan<ulong> other)
    {
        for (var i = 0; i < map.Length && i < other.Length; i++)
        {
            map[i] &= other[i];
        }
    }
}

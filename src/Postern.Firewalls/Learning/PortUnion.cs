using System.Numerics;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>The union of many sets of ports, with one bit for each port: a log has millions of them.</summary>
internal static class PortUnion
{
    private const int Words = (ushort.MaxValue + 1) / 64;

    public static PortSet Of(IEnumerable<PortSet> sets)
    {
        var map = new ulong[Words];
        foreach (var range in sets.SelectMany(set => set.Ranges))
        {
            for (int port = range.First; port <= range.Last; port++)
            {
                map[port >> 6] |= 1UL << (port & 63);
            }
        }

        return Of(map);
    }

    /// <summary>The ports whose bits are set.</summary>
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

    /// <summary>The first port from here on whose bit is as wanted; one beyond the last port where there is none.</summary>
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

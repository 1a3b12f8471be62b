using Postern.Protocol.Net;

namespace Postern.Protocol.Prediction;

/// <summary>Which port a NAT that counts gave to a packet that left between two questions, or just before one.</summary>
public static class EnclosedPorts
{
    /// <summary>More were taken by others in one instant only where something else is wrong.</summary>
    private const int Most = 4;

    /// <summary>The likeliest first; empty where the packet took no port.</summary>
    /// <param name="before">The port of the question before; null where there was none or no answer came.</param>
    /// <param name="after">The port of the question behind.</param>
    /// <param name="step">Next minus last port.</param>
    /// <param name="isInstant">The question before left in the same instant.</param>
    public static IReadOnlyList<int> Between(Endpoint? before, Endpoint? after, int step, bool isInstant)
    {
        var ports = new List<int>();
        switch (before, after)
        {
            case ({ } first, { } last) when isInstant && IsBetween(first.Port, last.Port, step, out var between):
                Add(ports, Enumerable.Range(1, Math.Min(between, Most)).Select(i => first.Port + (i * step)));
                break;
            case ({ } first, { } last):
                Add(ports, [last.Port - step, first.Port + step]); // round the end of the range, or overtaken, or long ago
                break;
            case (null, { } last):
                Add(ports, [last.Port - step, last.Port - (2 * step)]);
                break;
            case ({ } first, null):
                Add(ports, [first.Port + step, first.Port + (2 * step)]);
                break;
        }

        return ports;
    }

    private static bool IsBetween(int first, int last, int step, out int between)
    {
        between = ((last - first) / step) - 1;
        return (last - first) % step == 0 && between is >= 0 and <= Most;
    }

    private static void Add(List<int> ports, IEnumerable<int> wanted) =>
        ports.AddRange(wanted.Where(port => port is > 0 and <= ushort.MaxValue && !ports.Contains(port)).Distinct());
}

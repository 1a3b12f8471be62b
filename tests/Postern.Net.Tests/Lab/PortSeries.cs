using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Lab;

/// <summary>What the outer ports of many mappings of one computer show, in the order in which they were made. Of a rule only what it fixes: else null.</summary>
internal sealed record PortSeries
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);

    /// <summary>Between none, 5, 20 or 35, and 100 flows a second over the pause, and four deviations from each.</summary>
    private static readonly int[] Bounds = [1, 32, 180];

    /// <summary>Outer minus inner port, where it is always the same.</summary>
    public int? Offset { get; init; }

    /// <summary>What all distances from one port to the next are multiples of, with their direction.</summary>
    public int? Step { get; init; }

    /// <summary>How many ports go to others in a while, roughly: 0 none, 3 very many.</summary>
    public int? OthersTake { get; init; }

    /// <summary>The smallest block, aligned to its own size, a power of two, in which all lie.</summary>
    public int? Block { get; init; }

    public static PortSeries Measure(BoxDescription box, BoxTraits.Probes probes, Endpoint[] servers)
    {
        var seen = BoxTraits.Seat.OfSeries.SelectMany(seat => servers, (seat, server) => (Inner: seat.Port, Outer: (int)probes.Out(seat, server)!.Value.Port)).ToArray();
        int[] outer = [.. seen.Select(pair => pair.Outer)];
        var offsets = seen.Select(pair => pair.Outer - pair.Inner).Distinct().ToArray();
        if (BoxTruth.DecidingOnPorts(box) is not { } nat || nat.Ports is { Rule: PortRuleKind.Kept or PortRuleKind.Offset, Taken: 0 })
        {
            return new() { Offset = offsets is [var only] ? only : null };
        }

        if (nat.Ports.Rule != PortRuleKind.Step)
        {
            return new() { Block = BlockOf(outer) };
        }

        var size = nat.Ports.Last - nat.Ports.First + 1;
        int[] distances = [.. outer.Zip(outer.Skip(1), (last, next) => Distance(last, next, size))];
        var step = Math.Sign(distances[0]) * distances.Select(Math.Abs).Aggregate(GreatestDivisor);
        probes.Wait(Pause);
        var taken = Distance(outer[^1], probes.Out(new(BoxTraits.Seat.OfSeries[^1].Port, true), servers[0])!.Value.Port, size);
        return new()
        {
            Step = distances.All(distance => Math.Sign(distance) == Math.Sign(step)) ? step : null,
            OthersTake = Bounds.Count(bound => Math.Abs(taken / step) - 1 >= bound),
        };
    }

    // Ports wrap inside their range.
    private static int Distance(int last, int next, int size) =>
        (((next - last) % size) + size) % size is var forward && forward <= size / 2 ? forward : forward - size;

    private static int GreatestDivisor(int one, int other) => other == 0 ? one : GreatestDivisor(other, one % other);

    private static int BlockOf(int[] ports)
    {
        var size = 1;
        while (ports.Min() / size != ports.Max() / size)
        {
            size *= 2;
        }

        return size;
    }
}

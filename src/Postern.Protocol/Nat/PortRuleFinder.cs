namespace Postern.Protocol.Nat;

/// <summary>Concludes a <see cref="PortRule"/> from samples in the order of asking. Tolerates a collision or two, other hosts' mappings and repeats.</summary>
public static class PortRuleFinder
{
    private const int FewestSamples = 4;
    private const int SmallestBlock = 64;
    private const int LargestBlock = 4096;   // of subscriber blocks; 8 ports drawn from all 64,512 lie this close once in 10^7
    private const int FewestOfAllPorts = 64_512; // 1024 to 65535, or 1 to 65535
    private const int FewestInARow = 8;      // drawn ports rise or fall all along, but for one turn, in one of 2,500 cases: 2 n / n!
    private const double MuchLess = 0.6;     // samples of a block of 2048 lie in one of 1000 once in a hundred times, of the others hardly ever

    /// <summary>Blocks that people give out who count in tens (RFC 7422's example has 1,000).</summary>
    private static readonly int[] RoundBlocks = [100, 200, 250, 500, 1000, 1500, 2000, 2500, 3000, 4000];

    private const int LargestUsualStep = 32; // with the mappings that other hosts made in between

    public static PortRule Find(IReadOnlyList<PortSample> samples)
    {
        var found = samples.Count < FewestSamples
            ? PortRule.Unknown
            : TryOffset(samples) ?? InARow(samples, PortRuleKind.Step) ?? TryTurnedOffset(samples) ?? InARow(samples, PortRuleKind.Random) ?? BlockOrRandom(samples);
        return found with { Samples = samples };
    }

    /// <summary>The commonest distance from inner to outer ports of a NAT that is known to keep it.</summary>
    public static PortRule Shift(IReadOnlyList<PortSample> samples) => Shift(Commonest(samples).Key);

    private static PortRule? TryOffset(IReadOnlyList<PortSample> samples)
    {
        var best = Commonest(samples);
        return 4 * best.Count() < 3 * samples.Count ? null : Shift(best.Key);
    }

    /// <summary>A shift beyond the end of all ports goes on from their beginning.</summary>
    private static PortRule? TryTurnedOffset(IReadOnlyList<PortSample> samples)
    {
        var best = Commonest(samples);
        var turned = samples.Count(s => Math.Abs(s.Mapped.Port - s.LocalPort - best.Key) is >= FewestOfAllPorts and <= 65_536);
        return 4 * (best.Count() + turned) < 3 * samples.Count ? null : Shift(best.Key);
    }

    private static IGrouping<int, PortSample> Commonest(IReadOnlyList<PortSample> samples) => samples.GroupBy(s => s.Mapped.Port - s.LocalPort).MaxBy(g => g.Count())!;

    private static PortRule Shift(int distance) => distance == 0 ? new() { Kind = PortRuleKind.Kept } : new() { Kind = PortRuleKind.Offset, Delta = distance };

    // Ports that only rise or only fall, but for one turn round the end of the range.
    private static PortRule? InARow(IReadOnlyList<PortSample> samples, PortRuleKind kind)
    {
        var sure = samples.Where(s => !s.IsRepeated).Select(s => (int)s.Mapped.Port).ToArray();
        var ports = sure.Length >= FewestSamples ? sure : [.. samples.Select(s => (int)s.Mapped.Port)];
        return (Along(ports, 1) ?? Along(ports, -1)) is { } found && found.Kind == kind ? found : null;
    }

    private static PortRule? Along(int[] ports, int sign)
    {
        var steps = ports.Zip(ports.Skip(1), (a, b) => sign * (b - a)).ToArray();
        var forward = steps.Where(s => s > 0).Order().ToArray();
        var isTurned = forward.Length == steps.Length - 1 && sign * (ports[^1] - ports[0]) < 0;
        return (forward.Length != steps.Length && !isTurned) || forward.Length == 0 ? null
            : forward[forward.Length / 2] <= LargestUsualStep ? new() { Kind = PortRuleKind.Step, Delta = sign * forward.Aggregate(GreatestCommonDivisor) }
            : ports.Length >= FewestInARow ? AnyOf(ports.Min())
            : null;
    }

    /// <summary>A counter that other hosts move so fast goes round all ports within seconds: what it gives next is as good as drawn.</summary>
    private static PortRule AnyOf(int lowest)
    {
        var first = lowest < ushort.MaxValue + 1 - FewestOfAllPorts ? 1 : ushort.MaxValue + 1 - FewestOfAllPorts;
        return new() { Kind = PortRuleKind.Random, BlockStart = first, BlockSize = ushort.MaxValue + 1 - first };
    }

    private static PortRule BlockOrRandom(IReadOnlyList<PortSample> samples)
    {
        var lowest = samples.Min(s => s.Mapped.Port);
        var highest = samples.Max(s => s.Mapped.Port);
        var spread = highest - lowest + 1;
        if (spread > LargestBlock)
        {
            var (first, size) = DrawnRange.Of(lowest, highest, samples.Count);
            return new() { Kind = PortRuleKind.Random, BlockStart = first, BlockSize = size };
        }

        var binary = Enumerable.Range(0, 8).Select(doubled => SmallestBlock << doubled).FirstOrDefault(block => block <= 4 * Math.Max(spread, SmallestBlock) && lowest / block == highest / block);
        var block = RoundBlocks.FirstOrDefault(block => lowest / block == highest / block && (lowest / block + 1) * block <= ushort.MaxValue + 1 && (binary == 0 || block <= MuchLess * binary), binary);
        if (block > 0 && lowest >= block)
        {
            return new() { Kind = PortRuleKind.Block, BlockStart = lowest / block * block, BlockSize = block };
        }

        // Not aligned to its size, or there is no port 0: as far beyond the samples as they lie apart from each other.
        var margin = (spread / (samples.Count - 1)) + 1;
        var start = Math.Max(1, lowest - margin);
        return new() { Kind = PortRuleKind.Block, BlockStart = start, BlockSize = Math.Min(65535, highest + margin) - start + 1 };
    }

    internal static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}

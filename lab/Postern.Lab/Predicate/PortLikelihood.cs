using Postern.Lab.Boxes;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate;

/// <summary>How likely a NAT gives out the ports of a report, as a natural logarithm; negative infinity where it never does.</summary>
internal static class PortLikelihood
{
    /// <summary>How often a kept or shifted port is another one all the same, as another host has it.</summary>
    private const double Stray = 0.01;

    public static double Of(PortRule measured, PortAssignment box, double crossTraffic)
    {
        int[] ports = [.. measured.Samples.Select(sample => (int)sample.Mapped.Port)];
        return box.Rule switch
        {
            _ when ports.Length == 0 => 0,
            PortRuleKind.Kept => Fixed(measured.Samples, box, 0),
            PortRuleKind.Offset => Fixed(measured.Samples, box, box.Offset),
            PortRuleKind.Step => Counted(measured, ports, box, crossTraffic),
            PortRuleKind.Block => InBlock(ports, box),
            _ => Drawn(ports, box.First, box.Last),
        };
    }

    private static double Fixed(IReadOnlyList<PortSample> samples, PortAssignment box, int offset) => samples.Sum(sample =>
        (sample.Mapped.Port - sample.LocalPort - offset) % Size(box) == 0 ? Math.Log(1 - Stray) : Math.Log(Stray / Size(box)));

    /// <summary>It begins anywhere; then only other hosts bring in chance.</summary>
    private static double Counted(PortRule measured, int[] ports, PortAssignment box, double crossTraffic) =>
        measured.Kind == PortRuleKind.Step && measured.Delta == box.Step && ports.All(port => port >= box.First && port <= box.Last)
            ? -Math.Log(Size(box)) + Poisson(measured.ForeignMappings, crossTraffic * measured.WatchedMilliseconds / 1000)
            : double.NegativeInfinity;

    private static double InBlock(int[] ports, PortAssignment box)
    {
        var first = ports.Min() / box.BlockSize * box.BlockSize;
        var blocks = Size(box) / box.BlockSize;
        return first >= box.First && first + box.BlockSize - 1 <= box.Last
            ? Drawn(ports, first, first + box.BlockSize - 1) - Math.Log(blocks)
            : double.NegativeInfinity;
    }

    private static double Drawn(int[] ports, int first, int last) =>
        ports.Min() >= first && ports.Max() <= last ? -ports.Length * Math.Log(last - first + 1) : double.NegativeInfinity;

    // A packet of our own that was repeated, or a port that another host held, looks like a foreign mapping: a tenth of one a second at least.
    private static double Poisson(int count, double mean)
    {
        var expected = Math.Max(mean, 0.1);
        return (count * Math.Log(expected)) - expected - Enumerable.Range(1, count).Sum(i => Math.Log(i));
    }

    private static int Size(PortAssignment box) => box.Last - box.First + 1;
}

namespace Postern.Tests.Boxes;

/// <summary>What a counting NAT gives out.</summary>
internal static class CycleAssertions
{
    /// <summary>Each is the one before plus the step, wrapping in the range.</summary>
    public static void ShouldBeCycle(this int[] ports, int first, int last, int step)
    {
        var size = last - first + 1;
        ports.Zip(ports.Skip(1)).ShouldAllBe(pair => (pair.Second - pair.First - step + size) % size == 0);
        ports.ShouldAllBe(port => port >= first && port <= last);
    }
}

namespace Postern.Lab.Grid.Real;

/// <summary>Lets the pairs of a grid meet for real, one after the other, and puts that beside what the simulator said. Needs root.</summary>
public static class RealGrid
{
    /// <param name="report">A grid of boxes of the catalogue.</param>
    /// <param name="program">The path of <c>postern</c>.</param>
    /// <param name="finished">Called after each pair.</param>
    /// <param name="stop">Ends it early, with everything removed: <see cref="OperationCanceledException"/>.</param>
    public static GridReport Run(GridReport report, string program, Action<GridPair>? finished = null, CancellationToken stop = default)
    {
        var pairs = new List<GridPair>();
        foreach (var pair in report.Pairs)
        {
            stop.ThrowIfCancellationRequested();
            var lab = $"grid-{Environment.ProcessId}";
            pairs.Add(pair with { Meetings = [new RealPair(lab, program, stop).Run(pair.One, pair.Other)] });
            finished?.Invoke(pairs[^1]);
        }

        return report with { Pairs = pairs };
    }
}

using System.Collections.Concurrent;
using Postern.Lab.Schedules;
using Postern.Lab.Simulator;

namespace Postern.Lab.Grid;

/// <summary>Runs a grid on all cores. The result depends on the plan alone, not on the order in which cells finish.</summary>
public static class GridRun
{
    /// <param name="plan">Which boxes, how many worlds.</param>
    /// <param name="finished">Called after each cell, from several threads.</param>
    /// <param name="stop">Ends it early: <see cref="OperationCanceledException"/>.</param>
    public static GridReport Run(GridPlan plan, Action<GridPair>? finished = null, CancellationToken stop = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Seeds, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Boxes.Count, 1);
        PublishedSchedules.Require(plan.Products);
        var pairs = new GridPair[plan.Boxes.Count * plan.Boxes.Count];
        // One at a time to each worker: cells differ too much in length to be shared out beforehand.
        var cells = Partitioner.Create(Enumerable.Range(0, pairs.Length), EnumerablePartitionerOptions.NoBuffering);
        var options = new ParallelOptions { MaxDegreeOfParallelism = plan.Workers, CancellationToken = stop };
        Parallel.ForEach(cells, options, () => new PairKeys(), (cell, _, keys) =>
        {
            var (one, other) = (plan.Boxes[cell / plan.Boxes.Count], plan.Boxes[cell % plan.Boxes.Count]);
            pairs[cell] = GridCell.Run(one, other, plan, keys, stop);
            finished?.Invoke(pairs[cell]);
            return keys;
        }, keys => keys.Dispose());
        return new()
        {
            Seed = plan.Seed,
            Seeds = plan.Seeds,
            Patience = new Predicate.TrialPlan { Pair = new() { One = plan.Boxes[0], Other = plan.Boxes[0] } }.Patience.TotalSeconds,
            Boxes = [.. plan.Boxes.Select(GridBox.Of)],
            Totals = GridTotals.Of(pairs),
            Pairs = pairs,
        };
    }
}

namespace Postern.Lab.Grid.Real;

/// <summary>Lets the pairs of a grid meet for real, a few at a time, and puts that beside what the simulator said. Needs root.</summary>
public static class RealGrid
{
    /// <param name="report">A grid of boxes of the catalogue.</param>
    /// <param name="program">The path of <c>postern</c>.</param>
    /// <param name="workers">Pairs at a time; each is a laboratory of its own.</param>
    /// <param name="finished">Called after each pair, from several threads.</param>
    /// <param name="stop">Ends it early, with everything removed: <see cref="OperationCanceledException"/>.</param>
    public static GridReport Run(GridReport report, string program, int workers, Action<GridPair>? finished = null, CancellationToken stop = default)
    {
        var pairs = new GridPair[report.Pairs.Count];
        var last = -1;
        // Threads of their own: they wait a lot, and those of the pool are to read what the programs say.
        var work = Enumerable.Range(0, workers).Select(_ => Task.Factory.StartNew(MeetInTurn, stop, TaskCreationOptions.LongRunning, TaskScheduler.Default));
        Task.WhenAll(work).GetAwaiter().GetResult();
        return report with { Pairs = pairs };

        void MeetInTurn()
        {
            while (Interlocked.Increment(ref last) is var number && number < pairs.Length)
            {
                stop.ThrowIfCancellationRequested();
                var pair = report.Pairs[number];
                pairs[number] = pair with { Meetings = [new RealPair($"grid-{Environment.ProcessId}-{number}", program, stop).Run(pair.One, pair.Other)] };
                finished?.Invoke(pairs[number]);
            }
        }
    }
}

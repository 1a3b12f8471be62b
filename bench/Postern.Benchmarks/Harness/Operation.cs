using System.Diagnostics;

namespace Postern.Benchmarks.Harness;

/// <summary>One operation, repeated in rounds on this thread until its cost is known.</summary>
/// <param name="What">What was done.</param>
/// <param name="Nanoseconds">CPU time of one operation, over the rounds.</param>
/// <param name="Bytes">Allocated by one operation.</param>
internal sealed record Operation(string What, Spread Nanoseconds, double Bytes)
{
    private const int Rounds = 9;

    /// <summary>The compiler replaces hot code some hundred milliseconds after it has become hot.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromMilliseconds(400);

    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(60);

    /// <summary>How many of them one core does in a second.</summary>
    public double PerSecond => 1e9 / Nanoseconds.Median;

    /// <param name="what">What is done.</param>
    /// <param name="repeat">Does it as often as it is told.</param>
    public static Operation Measure(string what, Action<int> repeat)
    {
        var count = FindCount(repeat);
        var rounds = new double[Rounds];
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < Rounds; i++)
        {
            var before = CpuTime.ThreadNanoseconds;
            repeat(count);
            rounds[i] = (CpuTime.ThreadNanoseconds - before) / (double)count;
        }

        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        return new(what, Spread.Of(rounds), allocated / (double)(count * (long)Rounds));
    }

    /// <summary>Warms up, and finds out how often it is to be repeated in a round.</summary>
    private static int FindCount(Action<int> repeat)
    {
        var count = 1;
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var before = CpuTime.ThreadNanoseconds;
            repeat(count);
            var took = CpuTime.ThreadNanoseconds - before;
            if (took < Round.TotalNanoseconds / 2)
            {
                count *= 2;
            }
            else if (watch.Elapsed > WarmUp)
            {
                return Math.Max(1, (int)(count * Round.TotalNanoseconds / took));
            }
        }
    }
}

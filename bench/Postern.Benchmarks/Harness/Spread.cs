namespace Postern.Benchmarks.Harness;

/// <summary>The median of some rounds, and between which figures they lay.</summary>
internal readonly record struct Spread(double Lowest, double Median, double Highest)
{
    public static Spread Of(IEnumerable<double> rounds)
    {
        var sorted = rounds.Order().ToArray();
        return new(sorted[0], sorted[sorted.Length / 2], sorted[^1]);
    }

    /// <summary>The range in the format that the median is shown in.</summary>
    public string Range(string format) => $"{Lowest.ToString(format)}–{Highest.ToString(format)}";
}

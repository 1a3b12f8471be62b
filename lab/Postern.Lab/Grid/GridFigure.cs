namespace Postern.Lab.Grid;

/// <summary>One figure over all worlds of a pair.</summary>
/// <param name="Count">In how many worlds there was such a figure.</param>
/// <param name="P50">Half of these are not above it.</param>
/// <param name="P95">19 of 20 are not above it.</param>
public sealed record GridFigure(int Count, double P50, double P95)
{
    /// <summary>Null where there is no figure at all.</summary>
    public static GridFigure? Of(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return sorted.Length == 0 ? null : new(sorted.Length, Percentile(sorted, 50), Percentile(sorted, 95));
    }

    /// <summary>The nearest rank: always a figure that occurred.</summary>
    private static double Percentile(double[] sorted, int percent) => sorted[((sorted.Length * percent) + 99) / 100 - 1];
}

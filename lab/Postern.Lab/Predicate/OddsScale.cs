using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate;

/// <summary>Makes the odds of direct paths smaller, each in the same measure.</summary>
internal static class OddsScale
{
    private const int Halvings = 40; // as exact as odds are

    /// <param name="direct">The odds that any of them comes to be which does not lead over a relay.</param>
    /// <param name="paths">As they are where they are likeliest.</param>
    public static IReadOnlyList<ForecastPath> To(double direct, IReadOnlyList<ForecastPath> paths)
    {
        var (least, most) = (0.0, 1.0);
        for (var halved = 0; halved < Halvings; halved++)
        {
            var middle = (least + most) / 2;
            (least, most) = Forecast.OddsOfDirect(Scaled(middle)) < direct ? (middle, most) : (least, middle);
        }

        return Scaled(most);

        IReadOnlyList<ForecastPath> Scaled(double by) => [.. paths.Select(path => path.Kind == ForecastKind.Relayed ? path : path with { Odds = path.Odds * by })];
    }
}

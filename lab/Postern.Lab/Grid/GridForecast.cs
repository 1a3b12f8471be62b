using Postern.Protocol.Nat;

namespace Postern.Lab.Grid;

/// <summary>What was foretold of a pair.</summary>
/// <param name="Kind">The best path that can be; null where none can.</param>
/// <param name="Odds">Of that path.</param>
/// <param name="Direct">The odds of any path that leads over no relay.</param>
/// <param name="Reason">The identifier of why.</param>
/// <param name="Sentence">The same in words.</param>
/// <param name="Paths">All of the forecast: what can be, what cannot, what is not built.</param>
public sealed record GridForecast(ForecastKind? Kind, double Odds, double Direct, string Reason, string Sentence, IReadOnlyList<ForecastPath> Paths)
{
    public static GridForecast Of(IReadOnlyList<ForecastPath> paths)
    {
        var best = paths.FirstOrDefault(path => path.Odds > 0);
        var reason = (best ?? paths[0]).Reason;
        return new(best?.Kind, Math.Round(best?.Odds ?? 0, 4), Math.Round(Forecast.OddsOfDirect(paths), 4), reason.Id, reason.Sentence, paths);
    }
}

using System.Runtime.CompilerServices;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>What rehearsals make of a forecast by rules, which holds for boxes that have time for a call.</summary>
internal static class RehearsedForecast
{
    private const int Rehearsals = 16;

    /// <summary>Most such boxes let all or no calls through: between 0 of 16 and 1 of 16 lies more than between 7 and 8.</summary>
    private const double Prior = 0.05; // of a beta distribution, for either end

    private const double RatherSure = 0.5;

    private static readonly ConditionalWeakTable<PairOptions, IReadOnlyList<ForecastPath>> Known = []; // many worlds have the same

    /// <param name="pair">What stands where.</param>
    /// <param name="limits">What both may spend.</param>
    /// <param name="paths">What rules say.</param>
    public static IReadOnlyList<ForecastPath> Of(PairOptions pair, ProbeLimits limits, IReadOnlyList<ForecastPath> paths) => Known.GetValue(pair, _ => Rehearse(pair, limits, paths));

    private static IReadOnlyList<ForecastPath> Rehearse(PairOptions pair, ProbeLimits limits, IReadOnlyList<ForecastPath> paths)
    {
        using var keys = new PairKeys();
        RehearsedOutcome[] played = [.. Enumerable.Range(1, Rehearsals).Select(number => Rehearsal.Play(pair, (ulong)number, keys))];
        var (direct, connects) = (Share(played.Count(outcome => outcome.Direct)), Share(played.Count(outcome => outcome.Connects)));
        var reason = new ForecastReason("rehearsed", $"A box forgets or shuts out so soon that only rehearsals tell: of {Rehearsals} calls {played.Count(outcome => outcome.Connects)} connected, {played.Count(outcome => outcome.Direct)} of them directly.");
        ForecastPath[] ordinary = [.. paths.Where(IsChecked)];
        var byRule = Forecast.OddsOfDirect(ordinary);
        var found = byRule >= RatherSure ? Math.Min(byRule, direct) : Math.Max(byRule * connects, direct);
        var rehearsed = (found < byRule ? OddsScale.To(found, ordinary) : Raised(ordinary, found)).Concat(paths.Where(path => !IsChecked(path)).Select(Other))
            .Select(path => paths.Contains(path) ? path : path with { Reason = reason });
        return [.. rehearsed.OrderBy(path => path.Kind).OrderByDescending(path => path.Odds > 0)];

        ForecastPath Other(ForecastPath path) => path.Kind == ForecastKind.Relayed ? path with { Odds = Math.Min(path.Odds, connects) }
            : path with { Odds = path.Odds * Share(played.Count(outcome => outcome.Connects && IsPlanned(outcome, path))) };

        bool IsPlanned(RehearsedOutcome outcome, ForecastPath path) => outcome is { One: { } one, Other: { } other }
            && PredictionPlanner.Plan(new(one, limits, IsCaller: true), new(other, limits, IsCaller: false)).Reason == path.Reason.Id;
    }

    /// <summary>What is found though rules say that it cannot be: a port that was told has come back.</summary>
    private static IEnumerable<ForecastPath> Raised(ForecastPath[] paths, double odds)
    {
        var raised = Array.Find(paths, path => path.Kind == ForecastKind.Punched);
        var others = 1 - Forecast.OddsOfDirect([.. paths.Where(path => path != raised)]);
        return paths.Select(path => path == raised ? path with { Odds = 1 - ((1 - odds) / others) } : path);
    }

    /// <summary>Whether ordinary checks find it.</summary>
    private static bool IsChecked(ForecastPath path) => path.Kind is not (ForecastKind.Relayed or ForecastKind.Predicted);

    private static double Share(int happened) => (happened + Prior) / (Rehearsals + (2 * Prior));
}

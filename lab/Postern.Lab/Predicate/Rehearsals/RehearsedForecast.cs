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

    /// <summary>Of a beta distribution, for either end: most such boxes let all or no calls through. Of 4,494 drawn pairs with odds below 0.01, 27 became direct, and of 6,474 with 0.99 and more, 31 did not.</summary>
    private const double Prior = 0.08;

    /// <summary>The same of the relay, which goes over TCP as well: of 9,599 drawn pairs that were nearly sure to connect, 8 did not, so that this is never sure either.</summary>
    private const double RelayPrior = 0.0175;

    private const double RatherSure = 0.5;

    private static readonly ConditionalWeakTable<PairOptions, IReadOnlyList<ForecastPath>> Known = []; // many worlds have the same

    /// <param name="pair">What stands where.</param>
    /// <param name="limits">What both may spend.</param>
    /// <param name="paths">What rules say.</param>
    public static IReadOnlyList<ForecastPath> Of(PairOptions pair, ProbeLimits limits, IReadOnlyList<ForecastPath> paths) =>
        paths.All(path => path.Odds == 0) ? paths : Known.GetValue(pair, _ => Rehearse(pair, limits, paths)); // nobody logs in

    private static IReadOnlyList<ForecastPath> Rehearse(PairOptions pair, ProbeLimits limits, IReadOnlyList<ForecastPath> paths)
    {
        using var keys = new PairKeys();
        RehearsedOutcome[] played = [.. Enumerable.Range(1, Rehearsals).Select(number => Rehearsal.Play(pair, (ulong)number, keys))];
        var (direct, connects) = (played.Count(outcome => outcome.Direct), played.Count(outcome => outcome.Connects));
        var reason = new ForecastReason("rehearsed", $"A box forgets or shuts out so soon that only rehearsals tell: of {Rehearsals} calls {connects} connected, {direct} of them directly by ordinary checks.");
        var rehearsed = Checked([.. paths.Where(IsChecked)], Share(direct), Share(connects))
            .Concat(paths.Where(path => path.Kind == ForecastKind.Predicted).Select(path => path with { Odds = path.Odds * Share(played.Count(outcome => outcome.Connects && IsPlanned(outcome, path))) }))
            .Concat(paths.Where(path => path.Kind == ForecastKind.Relayed).Select(path => path with { Odds = Math.Min(path.Odds, Share(connects, RelayPrior)) }))
            .Select(path => paths.Contains(path) || path.Kind == ForecastKind.Predicted ? path : path with { Reason = reason })
            .OrderBy(path => path.Kind).ToArray();
        var most = Share(Rehearsals);
        return [.. (Forecast.OddsOfDirect(rehearsed) > most ? OddsScale.To(most, rehearsed) : rehearsed).OrderByDescending(path => path.Odds >= Forecast.Worth)];

        bool IsPlanned(RehearsedOutcome outcome, ForecastPath path) => outcome is { One: { } one, Other: { } other }
            && PredictionPlanner.Plan(new(one, limits, IsCaller: true), new(other, limits, IsCaller: false)).Reason == path.Reason.Id;
    }

    /// <summary>What ordinary checks find: no more than rules say where these are rather sure, and more where a port that was told has come back.</summary>
    private static IEnumerable<ForecastPath> Checked(ForecastPath[] paths, double direct, double connects)
    {
        var byRule = Forecast.OddsOfDirect(paths);
        var found = byRule >= RatherSure ? Math.Min(byRule, direct) : Math.Max(byRule * connects, direct);
        return found < byRule ? OddsScale.To(found, paths) : found > byRule ? Raised(paths, found) : paths;
    }

    private static IEnumerable<ForecastPath> Raised(ForecastPath[] paths, double odds)
    {
        var raised = Array.Find(paths, path => path.Kind == ForecastKind.Punched);
        var others = 1 - Forecast.OddsOfDirect([.. paths.Where(path => path != raised)]);
        return paths.Select(path => path == raised ? path with { Odds = Math.Clamp(1 - ((1 - odds) / others), 0, 1) } : path);
    }

    /// <summary>Whether ordinary checks find it.</summary>
    private static bool IsChecked(ForecastPath path) => path.Kind is not (ForecastKind.Relayed or ForecastKind.Predicted);

    private static double Share(int happened, double prior = Prior) => (happened + prior) / (Rehearsals + (2 * prior));
}

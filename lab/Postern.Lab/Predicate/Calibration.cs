namespace Postern.Lab.Predicate;

/// <summary>
/// Holds odds against what came of them. Of trials with odds p₁, p₂, … the number that succeed has the Poisson binomial distribution,
/// which is the binomial where all are equal: too many and too few are equally wrong.
/// </summary>
public static class Calibration
{
    private static readonly double[] Edges = [0, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 1];

    /// <summary>The odds of a direct path, and whether it came, of the trials that can be judged so.</summary>
    public static IEnumerable<(double Odds, bool Happened)> OfDirect(IEnumerable<TrialOutcome> outcomes) =>
        outcomes.Where(IsUndisturbed).Select(outcome => (outcome.OddsOfDirect, outcome.Direct)).Where(IsLeftOpen);

    /// <summary>The same of any path.</summary>
    public static IEnumerable<(double Odds, bool Happened)> OfConnecting(IEnumerable<TrialOutcome> outcomes) =>
        outcomes.Where(IsUndisturbed).Select(outcome => (outcome.OddsOfConnecting, outcome.Connected)).Where(IsLeftOpen);

    /// <summary>By bands of odds, those that no trial has left out.</summary>
    /// <param name="trials">The odds beforehand, and whether it happened; each independent of the others.</param>
    public static IReadOnlyList<CalibrationBand> Of(IEnumerable<(double Odds, bool Happened)> trials)
    {
        var all = trials.ToArray();
        return
        [
            .. Edges.Zip(Edges.Skip(1))
                .Select(band => (band.First, band.Second, Inside: all.Where(trial => trial.Odds >= band.First && trial.Odds < band.Second).ToArray()))
                .Where(band => band.Inside.Length > 0)
                .Select(band => Judge(band.First, band.Second, band.Inside)),
        ];
    }

    private static bool IsLeftOpen((double Odds, bool Happened) trial) => trial.Odds is > 0 and < Trial.Sure;

    /// <summary>
    /// In a world that nothing disturbed: after a restart each side draws its ports once more. And both must have measured their NATs
    /// in full: the forecast knows the boxes, but nobody predicts ports that it has not seen move.
    /// </summary>
    private static bool IsUndisturbed(TrialOutcome outcome) =>
        outcome.Plan is { ServerFails: null, RouterRestarts: null, Pair: { Measures: true, ServerHasTwoAddresses: true } };

    private static CalibrationBand Judge(double from, double to, (double Odds, bool Happened)[] trials)
    {
        var happened = trials.Count(trial => trial.Happened);
        var chances = Distribution([.. trials.Select(trial => trial.Odds)]);
        var (atMost, atLeast) = (chances.Take(happened + 1).Sum(), chances.Skip(happened).Sum());
        return new(from, to, trials.Length, trials.Sum(trial => trial.Odds), happened, Math.Min(1, 2 * Math.Min(atMost, atLeast)));
    }

    /// <summary>The chance of each count, one trial added after the other.</summary>
    private static double[] Distribution(double[] odds)
    {
        var chances = new double[odds.Length + 1];
        chances[0] = 1;
        foreach (var (before, chance) in odds.Index())
        {
            for (var count = before + 1; count > 0; count--)
            {
                chances[count] = (chances[count] * (1 - chance)) + (chances[count - 1] * chance);
            }

            chances[0] *= 1 - chance;
        }

        return chances;
    }
}

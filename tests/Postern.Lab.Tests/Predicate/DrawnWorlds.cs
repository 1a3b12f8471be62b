using Postern.Lab.Predicate;
using Postern.Tests.Kit;

namespace Postern.Tests.Predicate;

/// <summary>Worlds by seed, each tried once.</summary>
internal static class DrawnWorlds
{
    /// <summary>Plays them; none may contradict its forecast.</summary>
    /// <param name="seeds">One for each.</param>
    /// <param name="change">Makes another plan of the drawn one; null keeps it.</param>
    public static TrialOutcome[] Try(IEnumerable<int> seeds, Func<TrialPlan, int, TrialPlan>? change = null)
    {
        var outcomes = seeds.AsParallel().AsOrdered().WithDegreeOfParallelism(Environment.ProcessorCount).Select(seed =>
        {
            var random = new SeededRandom((ulong)seed);
            var plan = TrialPlans.Draw(random);
            using var trial = new Trial(change?.Invoke(plan, seed) ?? plan, random);
            return (Seed: seed, Outcome: trial.Run());
        }).ToArray();
        outcomes.Where(world => world.Outcome.Contradiction is not null)
            .Select(world => $"seed {world.Seed}: {world.Outcome.Contradiction} {world.Outcome.Plan}").ShouldBeEmpty();
        return [.. outcomes.Select(world => world.Outcome)];
    }

    /// <summary>Where the odds leave it open, they must be right on the whole; of worlds that were chosen for having failed that cannot be asked.</summary>
    public static void Judge(TrialOutcome[] outcomes)
    {
        var bands = Calibration.Of(Calibration.OfDirect(outcomes));
        bands.ShouldNotBeEmpty();
        bands.Concat(Calibration.Of(Calibration.OfConnecting(outcomes))).Where(band => !band.IsPlausible).ShouldBeEmpty();
    }
}

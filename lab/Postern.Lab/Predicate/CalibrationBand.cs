using System.Globalization;

namespace Postern.Lab.Predicate;

/// <summary>Trials of similar odds, and how often it happened.</summary>
/// <param name="From">The least odds that count here.</param>
/// <param name="To">The first that do not.</param>
/// <param name="Trials">How many.</param>
/// <param name="Expected">The sum of their odds.</param>
/// <param name="Happened">In how many it did.</param>
/// <param name="Plausibility">The chance of a count so far off, were the odds right: both tails.</param>
public sealed record CalibrationBand(double From, double To, int Trials, double Expected, int Happened, double Plausibility)
{
    /// <summary>Below this the odds are wrong. With some eight bands a judgement condemns right odds once in a hundred times; but seeds do not change.</summary>
    public const double LeastPlausibility = 0.001;

    public bool IsPlausible => Plausibility >= LeastPlausibility;

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"odds {From}-{To}: {Happened} of {Trials}, where {Expected:0.0} were foretold (plausibility {Plausibility:0.######})");
}

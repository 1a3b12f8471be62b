using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Protocol.Probing;

namespace Postern.Tests.Prediction;

/// <summary>The odds that both sides are told beforehand are those that come true, pair by pair: brute force over the boxes.</summary>
public class PairOddsTests
{
    private static readonly string[] Boxes =
        ["public", "full-cone", "linux", "offset-30000", "sequential-20", "step-down", "block-512", "block-2048", "random", "carrier-easy-over-home", "carrier-over-home"];

    [Theory]
    [InlineData(ProbeMode.Polite, 16)]
    [InlineData(ProbeMode.Fast, 8)]
    public void What_is_foretold_comes_true_within_binomial_bounds(ProbeMode mode, int worlds)
    {
        var wrong = new List<string>();
        foreach (var (one, other) in Boxes.SelectMany(one => Boxes.Select(other => (one, other))))
        {
            var figures = CellRun.Run(new(one, other, mode), worlds);
            if (!IsLikely(figures.Direct, worlds, figures.Foretold))
            {
                wrong.Add(figures.ToString());
            }
        }

        wrong.ShouldBeEmpty(string.Join('\n', wrong));
    }

    /// <summary>A ladder has as many rounds as both purses allow, and the quieter counter climbs.</summary>
    [Theory]
    [InlineData("sequential-5", "sequential-5", ProbeMode.Quiet)]
    [InlineData("sequential-20", "sequential-20", ProbeMode.Quiet)]
    [InlineData("sequential-100", "sequential-5", ProbeMode.Quiet)]
    [InlineData("sequential-20", "sequential-20", ProbeMode.Polite)]
    [InlineData("sequential-35", "sequential-35", ProbeMode.Polite)]
    [InlineData("sequential-35", "sequential-100", ProbeMode.Polite)]
    [InlineData("sequential-100", "sequential-35", ProbeMode.Polite)]
    [InlineData("sequential-100", "sequential-100", ProbeMode.Polite)]
    [InlineData("sequential-100", "sequential-100", ProbeMode.Bold)]
    public void What_is_foretold_of_two_counters_comes_true(string one, string other, ProbeMode mode)
    {
        var figures = CellRun.Run(new(one, other, mode), 100);
        IsLikely(figures.Direct, figures.Worlds, figures.Foretold).ShouldBeTrue(figures.ToString());
    }

    [Theory]
    [InlineData("carrier-over-home", true)]
    [InlineData("carrier-over-home", false)]
    [InlineData("carrier-easy-over-home", true)]
    [InlineData("carrier-easy-over-home", false)]
    public void Two_homes_of_carriers_get_what_the_predicate_says(string box, bool sameCarrier)
    {
        var figures = CellRun.Run(new(box, box, ProbeMode.Polite, sameCarrier), 50);
        IsLikely(figures.Direct, 50, figures.Foretold).ShouldBeTrue(figures.ToString());
        figures.Alarms.ShouldBeEmpty();
    }

    /// <summary>Sure things must come true and impossible ones must not; between, an outcome rarer than one in 10⁵ is a wrong forecast.</summary>
    internal static bool IsLikely(int direct, int worlds, double odds) =>
        odds >= Trial.Sure ? direct == worlds
        : odds == 0 ? direct == 0
        : Calibration.Of(Enumerable.Range(0, worlds).Select(world => (odds, world < direct))).Single().Plausibility > 1e-5;
}

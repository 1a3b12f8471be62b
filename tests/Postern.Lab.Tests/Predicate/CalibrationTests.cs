using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Tests.Kit;

namespace Postern.Tests.Predicate;

/// <summary>Odds that are no certainty come true as often as they say, within binomial bounds.</summary>
public class CalibrationTests
{
    [Theory]
    [InlineData(0.3, 0.3, true)]
    [InlineData(0.3, 0.2, false)]
    [InlineData(0.3, 0.4, false)]
    [InlineData(0.05, 0.05, true)]
    [InlineData(0.05, 0.0, false)]
    [InlineData(0.98, 0.9, false)]
    public void Wrong_odds_are_found_out_and_right_ones_are_not(double foretold, double real, bool isPlausible)
    {
        var random = new SeededRandom(1);
        var band = Calibration.Of(Enumerable.Range(0, 1000).Select(_ => (foretold, random.Happens(real)))).ShouldHaveSingleItem();
        band.IsPlausible.ShouldBe(isPlausible, band.ToString());
    }

    [Fact]
    public void Bounds_are_those_of_the_binomial()
    {
        Calibration.Of(Enumerable.Repeat((0.5, true), 10)).Single().Plausibility.ShouldBe(2.0 / 1024, 1e-12);
        Calibration.Of([(0.5, true), (0.6, false)]).Single().ShouldSatisfyAllConditions(
            band => band.Expected.ShouldBe(1.1, 1e-12), band => band.Happened.ShouldBe(1), band => band.Plausibility.ShouldBe(1));
        Calibration.Of([(0.5, true), (0.95, true)]).Count.ShouldBe(2);
    }

    /// <summary>Of boxes whose ports move, as far as the forecast leaves it open.</summary>
    [Theory]
    [InlineData("block-1024", "linux")]
    [InlineData("sequential-20", "guard-psd")]
    [InlineData("block-512", "sequential-5")]
    [InlineData("sequential-5", "firewall-1")]
    [InlineData("block-2048", "port-restricted")]
    public void The_odds_of_a_pair_are_those_of_its_worlds(string one, string other)
    {
        var outcomes = Run(Enumerable.Range(1, 100), _ => new() { Pair = new() { One = BoxCatalogue.All[one], Other = BoxCatalogue.All[other] } });
        var band = Calibration.Of(Calibration.OfDirect(outcomes)).ShouldHaveSingleItem();
        band.IsPlausible.ShouldBeTrue(band.ToString());
    }

    private static TrialOutcome[] Run(IEnumerable<int> seeds, Func<SeededRandom, TrialPlan> plan) =>
    [
        .. seeds.AsParallel().AsOrdered().WithDegreeOfParallelism(Environment.ProcessorCount).Select(seed =>
        {
            var random = new SeededRandom((ulong)seed);
            using var trial = new Trial(plan(random), random);
            return trial.Run();
        }),
    ];
}

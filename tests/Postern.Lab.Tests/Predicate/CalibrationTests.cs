using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Protocol.Nat;
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

    /// <summary>A port that is drawn from a few, and told to a peer that lets in this port alone.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void The_luck_of_a_small_block_is_as_foretold(int ports)
    {
        var bands = Calibration.Of(Calibration.Judged(Meet(Block(ports, overloads: true), 200)));
        bands.ShouldHaveSingleItem().Trials.ShouldBe(200);
        bands.Where(band => !band.IsPlausible).ShouldBeEmpty();
    }

    /// <summary>Where no port serves two destinations, the told one is never drawn again: whoever foretold the same luck there would be found out.</summary>
    [Fact]
    public void Odds_that_are_too_high_are_found_out_by_worlds()
    {
        var outcomes = Meet(Block(16, overloads: false), 200);
        var band = Calibration.Of(outcomes.Select(outcome => (1.0 / 16, outcome.Direct))).ShouldHaveSingleItem();
        band.IsPlausible.ShouldBeFalse(band.ToString());
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

    private static TrialOutcome[] Meet(BoxDescription box, int worlds) =>
        Run(Enumerable.Range(1, worlds), _ => new() { Pair = new() { One = box, Other = BoxCatalogue.All["port-restricted"] } });

    private static BoxDescription Block(int ports, bool overloads) => new()
    {
        Id = "drawn",
        Title = "drawn by lot",
        Summary = "",
        Sources = new Dictionary<string, string>(),
        Nat = new() { Mapping = NatDependence.AddressAndPortDependent, Overloads = overloads, Ports = new() { Rule = PortRuleKind.Block, BlockSize = ports } },
    };
}

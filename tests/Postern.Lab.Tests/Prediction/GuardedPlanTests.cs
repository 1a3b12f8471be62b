using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Guards that act: what they leave of a plan is foretold, in many worlds of each pair.</summary>
public class GuardedPlanTests
{
    private const int Worlds = 60;

    /// <summary>A fast fan of six hundred ports meets xt_psd at the twenty-first.</summary>
    [Theory]
    [InlineData("guard-psd", "random", 0.07, 0.15)]
    [InlineData("random-ephemeral", "guard-psd", 0.15, 0.3)]
    [InlineData("guard-psd", "block-512", 0.97, 1)] // eleven are enough
    [InlineData("guard-juniper", "random", 0.99, 1)] // it looks at five milliseconds
    public void Of_the_catalogue(string one, string other, double least, double most) =>
        Try(BoxCatalogue.All[one], BoxCatalogue.All[other], ProbeMode.Fast, least, most);

    [Theory]
    [InlineData("block-512")]
    [InlineData("block-2048")]
    [InlineData("sequential-20")]
    [InlineData("step-2")]
    public void Polite_plans_stay_below_all_that_are_known(string other)
    {
        foreach (var guard in BoxCatalogue.All.Values.Where(box => box.Firewall?.Guards.Any(guard => guard.Action != GuardAction.Nothing) == true))
        {
            var (plain, moves) = (BoxCatalogue.All[guard.NatOf!], BoxCatalogue.All[other]);
            Odds(guard, moves, ProbeMode.Polite).ShouldBe(Odds(plain, moves, ProbeMode.Polite), guard.Id);
            Odds(moves, guard, ProbeMode.Polite).ShouldBe(Odds(moves, plain, ProbeMode.Polite), guard.Id);
        }
    }

    /// <summary>At whoever asks, or at whoever is asked, which sees questions that are refused, and those that are answered as part of a flow of its own.</summary>
    [Theory]
    [InlineData("EI/APD Offset 1 0", "APD/AD Random 1 0", GuardModel.Sliding, 31, 300, GuardSide.Outgoing, GuardAction.DropsMatching, false, 0.1, 0.3)]
    [InlineData("EI/APD Random 1 0", "AD/AD Random 1 0", GuardModel.Gap, 14, 2, GuardSide.Outgoing, GuardAction.BansEverything, true, 0.99, 1)] // nothing is refused on the way out
    [InlineData("AD/AD Random 1 0", "EI/APD Random 1 0", GuardModel.Gap, 23, 5, GuardSide.Incoming, GuardAction.DropsMatching, true, 0.99, 1)] // what finds a hole is not refused
    [InlineData("AD/AD Random 1 0", "EI/APD Random 1 0", GuardModel.Gap, 23, 5, GuardSide.Incoming, GuardAction.BansEverything, true, 0, 0.01)] // before anybody has heard an answer
    [InlineData("AD/AD Random 1 0", "APD/AD Kept 1 0", GuardModel.Bucket, 30, 2, GuardSide.Incoming, GuardAction.BansNewFlows, false, 0.1, 0.9)] // met from any port, which no hole was made for
    [InlineData("APD/APD Step 1 20", "APD/APD Step 1 10", GuardModel.Sliding, 15, 5, GuardSide.Incoming, GuardAction.BansEverything, false, 0.9, 1)] // a ladder's rungs are knocks, which do not arrive
    [InlineData("APD/APD Block2048 1 0", "EI/APD Kept 1 0", GuardModel.Refusals, 12, 60, GuardSide.Both, GuardAction.BansEverything, false, 0, 0.01)]
    public void Of_any_kind(string guarded, string other, GuardModel model, int threshold, double window, GuardSide side, GuardAction action, bool onlyRefused, double least, double most)
    {
        var guard = new GuardRules { Name = "g", Model = model, Threshold = threshold, Window = window, Side = side, Action = action, Ban = 60, OnlyRefused = onlyRefused, Refusals = 5 };
        Try(NatPairs.Box(NatPairs.Parse(guarded)) with { Firewall = new() { Guards = [guard] } }, NatPairs.Box(NatPairs.Parse(other)), ProbeMode.Fast, least, most);
    }

    /// <summary>Far from the server a fast fan may have its own side banned altogether before both have met over the relay; a short ban is over in time.</summary>
    [Theory]
    [InlineData(150, 22, 14_400, 0.01, 0.2)]
    [InlineData(150, 22, 10, 0.5, 0.95)]
    [InlineData(40, 22, 14_400, 0.01, 0.2)]
    [InlineData(10, 22, 14_400, 0.9, 0.98)] // a moment after it
    [InlineData(150, 700, 14_400, 0.999, 1)] // never
    public void Before_the_relay_or_after_it(int toMiddle, int threshold, double ban, double least, double most)
    {
        var guard = new GuardRules { Name = "g", Model = GuardModel.Gap, Threshold = threshold, Window = 0.3, LowPortWeight = 3, Side = GuardSide.Outgoing, Action = GuardAction.BansEverything, Ban = ban };
        var far = TimeSpan.FromMilliseconds(toMiddle / 2.0);
        var pair = Pair(NatPairs.Box(NatPairs.Parse("APD/EI Random 1 0")), NatPairs.Box(NatPairs.Parse("EI/APD Random 1 0")) with { Firewall = new() { Guards = [guard] } }, ProbeMode.Fast) with { ToMiddle = far, ServerToMiddle = far };
        using var keys = new PairKeys();
        var outcomes = Enumerable.Range(1, 20).Select(seed =>
        {
            using var trial = new Trial(new() { Pair = pair }, new SeededRandom((ulong)seed), keys);
            return trial.Run();
        }).ToArray();
        outcomes.ShouldAllBe(outcome => outcome.Contradiction == null);
        var odds = outcomes[0].OddsOfConnecting;
        odds.ShouldBeInRange(least, most);
        PairOddsTests.IsLikely(outcomes.Count(outcome => outcome.Connected), outcomes.Length, odds).ShouldBeTrue($"{outcomes.Count(outcome => outcome.Connected)} connected, foretold {odds:0.000}");
    }

    /// <summary>What counts is the ban of who asks, whoever else has a guard of that name.</summary>
    [Theory]
    [InlineData(10, 14_400, 0.01, 0.2)]
    [InlineData(14_400, 10, 0.5, 0.95)]
    public void Of_two_guards_the_one_that_bans_counts(double others, double askers, double least, double most)
    {
        GuardRules Guard(double ban) => new() { Name = "g", Model = GuardModel.Gap, Threshold = 22, Window = 0.3, LowPortWeight = 3, Action = GuardAction.BansEverything, Ban = ban };
        var far = TimeSpan.FromMilliseconds(75);
        var pair = Pair(
            NatPairs.Box(NatPairs.Parse("APD/EI Random 1 0")) with { Firewall = new() { Guards = [Guard(others)] } },
            NatPairs.Box(NatPairs.Parse("EI/APD Random 1 0")) with { Firewall = new() { Guards = [Guard(askers)] } },
            ProbeMode.Fast) with
        { ToMiddle = far, ServerToMiddle = far };
        PairForecast.Of(pair).Where(path => path.Kind == ForecastKind.Relayed).Max(path => path.Odds).ShouldBeInRange(least, most);
    }

    private static void Try(BoxDescription one, BoxDescription other, ProbeMode mode, double least, double most)
    {
        using var keys = new PairKeys();
        var tried = NatPairs.Try(Pair(one, other, mode), Worlds, keys);
        tried.IsLikely(Worlds).ShouldBeTrue($"{tried}");
        tried.Odds.ShouldBeInRange(least, most);
    }

    private static double Odds(BoxDescription one, BoxDescription other, ProbeMode mode) => Protocol.Nat.Forecast.OddsOfDirect(PairForecast.Of(Pair(one, other, mode)));

    private static PairOptions Pair(BoxDescription one, BoxDescription other, ProbeMode mode) => new() { One = one, Other = other, Probe = mode, ServerPort = Lab.Simulator.Hosts.LabServer.HttpsPort };
}

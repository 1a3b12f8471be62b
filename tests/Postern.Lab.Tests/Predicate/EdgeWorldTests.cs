using Postern.Lab.Boxes;
using Postern.Lab.Predicate;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Predicate;

/// <summary>The predicate judges the agent also where boxes forget or ban within the call: what is left open comes true as often as it says.</summary>
public class EdgeWorldTests
{
    private const ulong Boxes = 1 << 20; // seeds of theirs, apart from those of the worlds

    private static readonly ProbeMode[] Modes = [ProbeMode.Polite, ProbeMode.Fast, ProbeMode.Bold];

    [Fact]
    public void In_three_hundred_pairs_forecast_and_outcome_agree() => Judge(DrawnWorlds.Try(Enumerable.Range(1, 300), OfPair));

    [Fact]
    [Trait("part", "soak")]
    public void In_six_thousand_pairs_forecast_and_outcome_agree() => Judge(DrawnWorlds.Try(Enumerable.Range(1, 6000), OfPair));

    /// <summary>With all else that happens in a world: loss, IPv6, restarts, a server that fails, who has not measured, a box that is shared.</summary>
    [Fact]
    [Trait("part", "soak")]
    public void In_five_thousand_worlds_forecast_and_outcome_agree() => Judge(DrawnWorlds.Try(Enumerable.Range(1, 5000), InWorld));

    private static void Judge(TrialOutcome[] outcomes)
    {
        Calibration.OfConnecting(outcomes).ShouldNotBeEmpty();
        DrawnWorlds.Judge(outcomes);
    }

    private static TrialPlan OfPair(TrialPlan plan, int seed)
    {
        var random = new SeededRandom(Boxes + (ulong)seed);
        var toServer = TimeSpan.FromMilliseconds(random.Next(5, 150));
        return new() { Pair = new() { One = EdgeBoxes.Draw(random), Other = EdgeBoxes.Draw(random), Probe = Modes[random.Next(0, Modes.Length)], ToMiddle = toServer, ServerToMiddle = toServer } };
    }

    private static TrialPlan InWorld(TrialPlan plan, int seed)
    {
        var random = new SeededRandom(Boxes + (ulong)seed);
        var (one, other) = (EdgeBoxes.Draw(random), random.Happens(0.75) ? EdgeBoxes.Draw(random) : plan.Pair.Other);
        return plan with { Pair = plan.Pair with { One = one, Other = plan.Pair.ShareOutermost ? one : other } };
    }
}

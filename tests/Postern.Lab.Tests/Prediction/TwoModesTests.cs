using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Two sides that allow different things: neither home sees more than its own keeper allows.</summary>
public class TwoModesTests
{
    private const int Worlds = 40;

    [Theory]
    [InlineData("linux", "block-2048", ProbeMode.Bold, ProbeMode.Polite)]
    [InlineData("linux", "block-2048", ProbeMode.Polite, ProbeMode.Bold)]
    [InlineData("block-2048", "linux", ProbeMode.Bold, ProbeMode.Polite)]
    [InlineData("block-2048", "linux", ProbeMode.Polite, ProbeMode.Bold)]
    [InlineData("linux", "block-2048", ProbeMode.Bold, ProbeMode.Quiet)]
    [InlineData("block-2048", "linux", ProbeMode.Quiet, ProbeMode.Bold)]
    [InlineData("random", "linux", ProbeMode.Fast, ProbeMode.Polite)]
    [InlineData("linux", "random", ProbeMode.Fast, ProbeMode.Quiet)]
    [InlineData("sequential-20", "sequential-20", ProbeMode.Quiet, ProbeMode.Fast)]
    [InlineData("block-512", "block-512", ProbeMode.Polite, ProbeMode.Fast)]
    public void Beside_a_careful_side_no_guard_of_either_home_alarms(string one, string other, ProbeMode mode, ProbeMode otherMode)
    {
        var figures = CellRun.Run(new(one, other, mode), Worlds, change: pair => pair with { OtherProbe = otherMode });
        figures.Alarms.ShouldBeEmpty(figures.ToString());
    }

    [Fact]
    public void Where_both_are_bold_some_guard_may() => CellRun.Run(new("linux", "block-2048", ProbeMode.Bold), Worlds).Alarms.ShouldNotBeEmpty();

    [Theory]
    [InlineData(ProbeMode.Bold, ProbeMode.Polite, ProbeMode.Polite)]
    [InlineData(ProbeMode.Polite, ProbeMode.Bold, ProbeMode.Polite)]
    [InlineData(ProbeMode.Bold, ProbeMode.Quiet, ProbeMode.Quiet)]
    [InlineData(ProbeMode.Quiet, ProbeMode.Fast, ProbeMode.Quiet)]
    [InlineData(ProbeMode.Fast, ProbeMode.Bold, ProbeMode.Bold)]
    [InlineData(ProbeMode.Bold, ProbeMode.Bold, ProbeMode.Bold)]
    public void Both_make_the_plan_of_the_more_careful_one_and_say_whose_word_holds(ProbeMode mode, ProbeMode otherMode, ProbeMode held)
    {
        var (here, there) = Reports(mode, otherMode);
        var (same, samePeer) = Reports(held, held);
        Plan(here).ShouldBe(Plan(same));
        Plan(there).ShouldBe(Plan(samePeer));
        (here.Prediction!.Mode, there.Prediction!.Mode).ShouldBe((held, held));
        here.Prediction.Ports.ShouldBeLessThanOrEqualTo(ProbeLimits.Of(held).PerTarget + 2, "one of the relay and one of the host candidate are of other addresses");
        here.Prediction.Held.ShouldBe(mode == held ? "" : $"you allow {Word(mode)}, but the other side only {Word(held)}");
        there.Prediction.Held.ShouldBe(otherMode == held ? "" : $"you allow {Word(otherMode)}, but the other side only {Word(held)}");
    }

    private static string Word(ProbeMode mode) => mode.ToString().ToLowerInvariant();

    private static (PredictionMethod, double, double, int, int, string) Plan(ConnectReport report) =>
        report.Prediction is { } plan ? (plan.Method, plan.Odds, plan.OddsPerPort, plan.MostPorts, plan.MostMappings, plan.Reason) : default;

    private static (ConnectReport Here, ConnectReport There) Reports(ProbeMode mode, ProbeMode otherMode)
    {
        using var trial = new Trial(CellRun.Plan(new("linux", "block-2048", mode), pair => pair with { OtherProbe = otherMode }), new SeededRandom(4));
        trial.Run();
        return (Report(trial.Pair.One), Report(trial.Pair.Other));
    }

    private static ConnectReport Report(Home home) => home.Peer.Calls[^1].Machine.Report();
}

using Postern.Lab.Boxes;
using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>Two NATs in a row, each of them under the eyes of every guard: one sees the home's computer as the sender, the other the home.</summary>
public class RowGuardTests
{
    private const int Worlds = 50;

    [Theory]
    [InlineData("linux", "carrier-over-home", false)]
    [InlineData("carrier-over-home", "linux", false)]
    [InlineData("sequential-5", "carrier-over-home", false)]
    [InlineData("carrier-over-home", "sequential-5", false)]
    [InlineData("random", "carrier-easy-over-home", false)]
    [InlineData("carrier-over-home", "carrier-over-home", false)]
    [InlineData("carrier-over-home", "carrier-over-home", true)]
    [InlineData("carrier-easy-over-home", "carrier-easy-over-home", false)]
    [InlineData("carrier-easy-over-home", "carrier-easy-over-home", true)]
    public void No_guard_at_any_box_alarms_politely_or_quietly(string one, string other, bool sameCarrier)
    {
        foreach (var mode in new[] { ProbeMode.Polite, ProbeMode.Quiet })
        {
            var figures = CellRun.Run(new(one, other, mode, sameCarrier), Worlds);
            figures.Alarms.ShouldBeEmpty(figures.ToString());
        }
    }

    [Fact]
    public void The_same_plan_without_a_budget_alarms_guards_at_each_box_of_a_row_and_all_are_counted()
    {
        var cell = new Cell("carrier-over-home", "linux", ProbeMode.Fast);
        using var trial = new Trial(CellRun.Plan(cell, WithoutBudget), new SeededRandom(1));
        trial.Run();
        string[] asked = ["crowdsec", "juniper", "palo-alto", "psd", "snort-medium", "zeek"];
        string[] asking = ["juniper", "palo-alto", "psd", "snort-medium"];
        Alarmed(trial.Pair.One).ShouldBe([["snort-medium"], asked], "only few of the questions pass the carrier");
        Alarmed(trial.Pair.Other).ShouldBe([asking, asking]);
        CellRun.Run(cell, 2, change: WithoutBudget).Alarms.Keys.ShouldBe(asked);
    }

    private static PairOptions WithoutBudget(PairOptions pair) => pair with { One = RowTests.Row("linux", "random"), Other = RowTests.Row("linux", "port-restricted"), Budget = () => new NoBudget() };

    /// <summary>Names of the guards that alarmed, box by box from the host outwards.</summary>
    private static IEnumerable<string[]> Alarmed(Home home) => home.Gateways.Select(gateway => gateway.Box).Cast<FirewallBox>()
        .Select(box => box.AlarmsByGuard.Where(guard => guard.Alarms > 0).Select(guard => guard.Guard).ToArray());
}

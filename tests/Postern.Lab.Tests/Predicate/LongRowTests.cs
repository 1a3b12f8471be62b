using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Protocol.Ice;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Predicate;

/// <summary>Three NATs in a row: an opener lives for two, and what needs none works all the same.</summary>
public class LongRowTests
{
    [Theory]
    [InlineData("linux", false, "linux", "step-down", "linux")]
    [InlineData("linux", false, "linux", "linux", "block-512")]
    [InlineData("sequential-5", true, "linux", "linux", "linux")]
    [InlineData("linux", true, "linux", "linux", "linux")]
    [InlineData("full-cone", true, "linux", "linux", "random")]
    public void The_forecast_and_the_agent_agree(string other, bool isDirect, params string[] row)
    {
        foreach (var isCaller in new[] { true, false })
        {
            for (ulong seed = 1; seed <= 5; seed++)
            {
                using var trial = new Trial(
                    CellRun.Plan(new(other, other, ProbeMode.Polite), pair => isCaller ? pair with { One = Row(row) } : pair with { Other = Row(row) }), new SeededRandom(seed));
                var outcome = trial.Run();
                outcome.Contradiction.ShouldBeNull();
                (outcome.Direct, outcome.OddsOfDirect > 0.9, outcome.Path == PathKind.Relayed).ShouldBe((isDirect, isDirect, !isDirect), $"seed {seed}: {outcome.OddsOfDirect}");
            }
        }
    }

    private static BoxDescription Row(string[] boxes) => new() { Id = "row", Title = "a row", Summary = "", Row = boxes, Sources = new Dictionary<string, string>() };
}

using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Protocol.Probing;
using Postern.Tests.Kit;

namespace Postern.Tests.Prediction;

/// <summary>What a plan says that it costs at most is not overdrawn, however much gets lost and has to be tried again.</summary>
public class PriceTests
{
    private const int OrdinaryPorts = 4; // the peer's host, mapped and relayed candidates, and one that a check showed

    [Theory]
    [InlineData("sequential-35", "linux", ProbeMode.Polite)]
    [InlineData("sequential-20", "sequential-20", ProbeMode.Polite)]
    [InlineData("sequential-20", "sequential-20", ProbeMode.Fast)]
    [InlineData("block-1024", "linux", ProbeMode.Polite)]
    [InlineData("sequential-5", "block-512", ProbeMode.Polite)]
    public void No_side_opens_more_ports_or_makes_more_mappings_than_its_plan_says(string one, string other, ProbeMode mode)
    {
        for (ulong seed = 1; seed <= 30; seed++)
        {
            using var trial = new Trial(CellRun.Plan(new(one, other, mode), pair => pair with { Link = new() { Hops = 1, Loss = 0.15 } }), new SeededRandom(seed));
            trial.Run();
            foreach (var report in new[] { trial.Pair.One, trial.Pair.Other }.Select(home => home.Peer.Calls[^1].Machine.Report()).Where(report => report.Prediction is not null))
            {
                report.Prediction!.Mappings.ShouldBeLessThanOrEqualTo(report.Prediction.MostMappings, $"seed {seed}: {report.Prediction}");
                report.Prediction.Ports.ShouldBeLessThanOrEqualTo(report.Prediction.MostPorts + OrdinaryPorts, $"seed {seed}: {report.Prediction}");
            }
        }
    }
}

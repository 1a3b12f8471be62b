using System.Collections.Concurrent;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Tests.Prediction;

/// <summary>
/// Two NATs in a row, each by each rule of the catalogue: what both sides measure of the row leads to the plan that fits it,
/// direct paths come as often as foretold, and under `polite` no guard at any box alarms. Brute force over all combinations.
/// </summary>
public class RowTests
{
    private const int Worlds = 16;

    private static readonly string[] Homes = ["linux", "sequential-5", "block-512", "random"];
    private static readonly string[] Carriers = ["linux", "full-cone", "port-restricted", "sequential-20", "block-1024", "random"];

    public static TheoryData<string, string> Rows => [.. Homes.SelectMany(home => Carriers.Select(carrier => (home, carrier)))];

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_is_planned_for_as_it_is_and_the_odds_come_true(string home, string carrier)
    {
        foreach (var (other, mode) in new[] { ("linux", ProbeMode.Polite), ("sequential-5", ProbeMode.Polite), ("block-512", ProbeMode.Polite), ("linux", ProbeMode.Fast) })
        {
            Judge(CellRun.Plan(new("linux", other, mode), pair => pair with { One = Row(home, carrier) }));
            Judge(CellRun.Plan(new(other, "linux", mode), pair => pair with { Other = Row(home, carrier) }));
        }
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Two_rows_meet_as_often_as_foretold_behind_one_carrier_and_behind_two(string home, string carrier)
    {
        foreach (var isShared in new[] { false, true })
        {
            Judge(CellRun.Plan(new("linux", "linux", ProbeMode.Polite), pair => pair with { One = Row(home, carrier), Other = Row(home, carrier), ShareOutermost = isShared }));
        }
    }

    private static void Judge(TrialPlan plan)
    {
        var trials = new ConcurrentBag<(ulong Seed, TrialOutcome Outcome, PredictionMethod? Method)>();
        Parallel.For(0, Worlds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, () => new PairKeys(), (i, _, keys) =>
        {
            using var trial = new Trial(plan, LabRandom.OfWorld(100 + (ulong)i), keys);
            var outcome = trial.Run();
            trials.Add((100 + (ulong)i, outcome, trial.Pair.One.Peer.Calls[^1].Machine.Report().Prediction?.Method));
            return keys;
        }, keys => keys.Dispose());
        var (direct, odds) = (trials.Count(trial => trial.Outcome.Direct), trials.First().Outcome.OddsOfDirect);
        var wanted = Planned(plan.Pair);
        var described = $"{plan}: {direct}/{Worlds} direct, foretold {odds:0.000}; {wanted}, but {string.Join(' ', trials.Where(trial => trial.Method != wanted).Select(trial => $"{trial.Seed} {trial.Method}"))}";
        PairOddsTests.IsLikely(direct, Worlds, odds).ShouldBeTrue(described);
        trials.Count(trial => trial.Method == wanted).ShouldBeGreaterThanOrEqualTo(Worlds - 1, described); // chance may show a rule that is none
        if (plan.Pair.Probe == ProbeMode.Polite)
        {
            trials.Where(trial => trial.Outcome.Alarms > 0).Select(trial => trial.Seed).ShouldBeEmpty($"a guard at one of the boxes alarmed: {described}");
        }
    }

    /// <summary>From boxes instead of measurements.</summary>
    private static PredictionMethod Planned(PairOptions pair)
    {
        var limits = ProbeLimits.Of(pair.Probe);
        var (here, there) = (BoxTruth.Of(pair.One, Endpoint.Parse("192.168.1.10:5000"), Endpoint.Parse("198.51.100.1:5000")), BoxTruth.Of(pair.Other, Endpoint.Parse("192.168.2.10:5000"), Endpoint.Parse(pair.ShareOutermost ? "198.51.100.1:6000" : "198.51.100.2:5000")));
        return PredictionPlanner.Plan(new(here, limits, IsCaller: true), new(there, limits, IsCaller: false)).Method;
    }

    internal static BoxDescription Row(string home, string carrier) => new()
    {
        Id = $"{carrier} over {home}",
        Title = "a row",
        Summary = "",
        Row = [home, carrier],
        Sources = new Dictionary<string, string>(),
    };
}

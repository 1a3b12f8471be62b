using Postern.Benchmarks.Harness;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Predicate.Cells;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Benchmarks.Prediction;

/// <summary>What a plan costs to make, and what it costs the networks to carry it out.</summary>
internal static class PredictionBench
{
    private const int Worlds = 100;

    private static readonly Cell[] Cells =
    [
        new("offset-30000", "linux", ProbeMode.Polite),
        new("offset-30000-symmetric", "linux", ProbeMode.Polite),
        new("offset-30000-symmetric", "offset-30000-symmetric", ProbeMode.Polite),
        new("sequential-5", "linux", ProbeMode.Polite),
        new("sequential-20", "linux", ProbeMode.Polite),
        new("sequential-35", "linux", ProbeMode.Polite),
        new("sequential-100", "linux", ProbeMode.Polite),
        new("sequential-5", "sequential-5", ProbeMode.Polite),
        new("sequential-5", "sequential-100", ProbeMode.Polite),
        new("sequential-100", "sequential-5", ProbeMode.Polite),
        new("sequential-35", "sequential-35", ProbeMode.Polite),
        new("sequential-100", "sequential-100", ProbeMode.Polite),
        new("sequential-20", "sequential-20", ProbeMode.Fast),
        new("block-512", "port-restricted", ProbeMode.Polite),
        new("block-1024", "port-restricted", ProbeMode.Polite),
        new("block-2048", "port-restricted", ProbeMode.Bold),
        new("random", "port-restricted", ProbeMode.Fast),
        new("random", "address-restricted", ProbeMode.Polite),
        new("random", "full-cone", ProbeMode.Polite),
        new("block-512", "block-512", ProbeMode.Fast),
        new("carrier-over-home", "linux", ProbeMode.Polite),
        new("carrier-over-home", "carrier-over-home", ProbeMode.Polite),
        new("carrier-over-home", "carrier-over-home", ProbeMode.Polite, SameCarrier: true),
        new("random", "random", ProbeMode.Polite),
    ];

    public static void Run()
    {
        var plans = new Table("Planning", "CPU time of one thread, 9 rounds of 60 ms; both reports as the boxes would be measured", "pair, budget", "ns", "range", "allocated");
        foreach (var cell in Cells)
        {
            var planning = Plan(cell);
            plans.Add($"{cell}", $"{planning.Nanoseconds.Median:0}", planning.Nanoseconds.Range("0"), $"{planning.Bytes:0} B");
        }

        plans.Print();
        var spent = new Table(
            "Prediction, pair by pair",
            $"{Worlds} worlds each in virtual time: 40 ms between the hosts and to the server, there and back, 1 % loss on each home's line; both sides together",
            "pair, budget", "direct", "foretold", "p50", "p95", "packets a success", "endpoints p50", "p95");
        foreach (var cell in Cells)
        {
            spent.Add(Row(CellRun.Run(cell, Worlds)));
        }

        spent.Print();
    }

    private static Operation Plan(Cell cell)
    {
        var one = Side(cell.One, cell.Probe, "198.51.100.1:5000", isCaller: true);
        var other = Side(cell.Other, cell.Probe, cell.SameCarrier ? "198.51.100.1:6000" : "198.51.100.2:5000", isCaller: false);
        return Operation.Measure($"{cell}", count =>
        {
            for (var i = 0; i < count; i++)
            {
                PredictionPlanner.Plan(one, other);
            }
        });
    }

    private static string[] Row(CellFigures figures) =>
    [
        $"{figures.Cell}",
        $"{figures.Share:0 %}",
        $"{figures.Foretold:0.000}",
        figures.DirectAfter is { } after ? $"{after.P50:0.00} s" : "",
        figures.DirectAfter is { } late ? $"{late.P95:0.00} s" : "",
        figures.PacketsOfSuccess is { } packets ? $"{packets.P50:0}" : "",
        $"{figures.Endpoints?.P50:0}",
        $"{figures.Endpoints?.P95:0}",
    ];

    private static PredictionSide Side(string box, ProbeMode mode, string seen, bool isCaller) => new(
        BoxTruth.Of(BoxCatalogue.All[box], Endpoint.Parse("192.168.1.10:5000"), Endpoint.Parse(seen)),
        ProbeLimits.Of(mode),
        isCaller);
}

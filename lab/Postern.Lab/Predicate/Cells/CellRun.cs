using System.Collections.Concurrent;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Nat;

namespace Postern.Lab.Predicate.Cells;

/// <summary>
/// Tries a cell in many worlds on all cores: 40 ms between the hosts and from each to the server, there and back, and 1 % loss on
/// each home's line. All guards of the catalogue watch every box of both homes, without acting.
/// </summary>
public static class CellRun
{
    private const double Loss = 0.01;
    private const int ShownSeeds = 8;

    /// <param name="cell">Which boxes, which budget.</param>
    /// <param name="worlds">How many seeds.</param>
    /// <param name="seed">The first one.</param>
    /// <param name="change">Changes what stands in each world; null for nothing.</param>
    public static CellFigures Run(Cell cell, int worlds, ulong seed = 1, Func<PairOptions, PairOptions>? change = null)
    {
        var plan = Plan(cell, change);
        var outcomes = new ConcurrentBag<(ulong Seed, TrialOutcome Outcome)>();
        var alarms = new ConcurrentDictionary<string, int>();
        Parallel.For(0, worlds, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, () => new PairKeys(), (i, _, keys) =>
        {
            using var trial = new Trial(plan, LabRandom.OfWorld(seed + (ulong)i), keys);
            outcomes.Add((seed + (ulong)i, trial.Run()));
            foreach (var (guard, count) in trial.Pair.One.Gateways.Concat(trial.Pair.Other.Gateways).Distinct()
                .Select(gateway => gateway.Box).OfType<FirewallBox>().SelectMany(box => box.AlarmsByGuard).Where(guard => guard.Alarms > 0))
            {
                alarms.AddOrUpdate(guard, count, (_, sum) => sum + count);
            }

            return keys;
        }, keys => keys.Dispose());
        var all = outcomes.OrderBy(run => run.Seed).ToArray();
        return new()
        {
            Cell = cell,
            Worlds = worlds,
            Direct = all.Count(run => run.Outcome.Direct),
            Foretold = Forecast.OddsOfDirect(all[0].Outcome.Forecast),
            DirectAfter = GridFigure.Of(all.Where(run => run.Outcome.Direct).Select(run => run.Outcome.DirectAfter).OfType<TimeSpan>().Select(time => time.TotalSeconds)),
            FirstByteAfter = GridFigure.Of(all.Select(run => run.Outcome.FirstByteAfter).OfType<TimeSpan>().Select(time => time.TotalSeconds)),
            Endpoints = GridFigure.Of(all.Select(run => (double)run.Outcome.EndpointsProbed)),
            Packets = GridFigure.Of(all.Select(run => (double)run.Outcome.PacketsSent)),
            PacketsOfSuccess = GridFigure.Of(all.Where(run => run.Outcome.Direct).Select(run => (double)run.Outcome.PacketsSent)),
            Alarms = new SortedDictionary<string, int>(alarms),
            Relayed = [.. all.Where(run => !run.Outcome.Direct).Select(run => run.Seed).Take(ShownSeeds)],
        };
    }

    /// <summary>The world of a cell, without its luck.</summary>
    public static TrialPlan Plan(Cell cell, Func<PairOptions, PairOptions>? change = null)
    {
        ArgumentNullException.ThrowIfNull(cell);
        var pair = new PairOptions
        {
            One = BoxCatalogue.All[cell.One],
            Other = BoxCatalogue.All[cell.Other],
            ShareOutermost = cell.SameCarrier,
            Watch = BoxCatalogue.Guards,
            Link = new() { Hops = 1, Loss = Loss },
            Probe = cell.Probe,
            ServerPort = LabServer.HttpsPort, // the harder one: xt_psd weighs it three times
        };
        return new() { Pair = change?.Invoke(pair) ?? pair, Patience = TimeSpan.FromSeconds(30) };
    }
}

using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Schedules;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Ice;

namespace Postern.Lab.Grid;

/// <summary>One pair: runs its worlds and sums them up.</summary>
internal static class GridCell
{
    public static GridPair Run(BoxDescription one, BoxDescription other, GridPlan plan, PairKeys keys, CancellationToken stop)
    {
        var trial = new TrialPlan { Pair = new PairOptions { One = one, Other = other, ServerPort = LabServer.HttpsPort } };
        var worlds = new List<GridWorld>();
        for (var i = 0; i < plan.Seeds; i++)
        {
            stop.ThrowIfCancellationRequested();
            worlds.Add(GridWorld.Run(trial, plan.Seed + (ulong)i, keys, isShown: i == 0));
        }

        return Sum(one, other, worlds) with { Comparisons = plan.Products.Count == 0 ? null : [.. plan.Products.Select(product => Compare(product, one, other, plan, stop))] };
    }

    private static GridComparison Compare(string product, BoxDescription one, BoxDescription other, GridPlan plan, CancellationToken stop) =>
        GridComparison.Of(product, ScheduleRun.Run(new() { Product = product, One = one, Other = other, Seeds = plan.Seeds, Seed = plan.Seed }, stop));

    private static GridPair Sum(BoxDescription one, BoxDescription other, List<GridWorld> worlds)
    {
        var first = worlds[0].Outcome;
        var forecast = GridForecast.Of(first.Forecast);
        var path = worlds.Select(world => world.Outcome.Path).CountBy(path => path ?? (PathKind)byte.MaxValue).OrderByDescending(path => path.Value).ThenBy(path => path.Key).First().Key;
        var wrong = worlds.Find(world => world.Outcome.Contradiction is not null);
        return new()
        {
            One = one.Id,
            Other = other.Id,
            Outcome = OutcomeOf(path),
            Path = OutcomeOf(path) == GridOutcome.None ? null : path,
            Paths = worlds.CountBy(world => world.Outcome.Path?.ToString() ?? "None").ToDictionary(),
            Forecast = forecast,
            Agreement = wrong is not null ? GridAgreement.Contradicts : forecast.Direct is 0 or >= Trial.Sure ? GridAgreement.Agrees : GridAgreement.Open,
            Contradiction = wrong is null ? null : $"Seed {wrong.Seed}: {wrong.Outcome.Contradiction}",
            FirstByte = GridFigure.Of(worlds.Select(world => world.Outcome.FirstByteAfter).OfType<TimeSpan>().Select(Milliseconds)),
            Direct = GridFigure.Of(worlds.Select(world => world.Outcome.DirectAfter).OfType<TimeSpan>().Select(Milliseconds)),
            PacketsSent = GridFigure.Of(worlds.Select(world => (double)world.Outcome.PacketsSent))!,
            EndpointsProbed = GridFigure.Of(worlds.Select(world => (double)world.Outcome.EndpointsProbed))!,
            Alarms = [.. worlds.SelectMany(world => world.Alarms).GroupBy(alarms => (alarms.Side, alarms.Guard)).Select(group => new GridAlarms(group.Key.Side, group.Key.Guard, group.Sum(alarms => alarms.Count)))],
            Report = worlds[0].Report,
            Ladder = worlds[0].Ladder!,
        };
    }

    private static GridOutcome OutcomeOf(PathKind path) => path switch
    {
        (PathKind)byte.MaxValue => GridOutcome.None,
        PathKind.Relayed => GridOutcome.Relayed,
        _ => GridOutcome.Direct,
    };

    private static double Milliseconds(TimeSpan span) => Math.Round(span.TotalMilliseconds, 1);
}

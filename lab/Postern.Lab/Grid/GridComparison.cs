using Postern.Lab.Schedules;

namespace Postern.Lab.Grid;

/// <summary>What another product's published schedule reaches between the same boxes, in as many worlds.</summary>
public sealed record GridComparison
{
    /// <summary>One of <see cref="PublishedSchedules.Products"/>.</summary>
    public required string Product { get; init; }

    /// <summary>What it did in most worlds, as it calls it: "mode 2", "hard to cone"; "none" for nothing.</summary>
    public required string Method { get; init; }

    public required int Worlds { get; init; }

    /// <summary>In how many worlds a round trip between the two was completed.</summary>
    public required int Direct { get; init; }

    /// <summary>Milliseconds from the wish to connect to the first completed round trip; null where there was none.</summary>
    public GridFigure? Time { get; init; }

    /// <summary>Different endpoints that both sides sent to, the servers' left out.</summary>
    public required GridFigure PortsProbed { get; init; }

    /// <summary>The same of the side that sent to more.</summary>
    public required GridFigure MostPortsProbed { get; init; }

    /// <summary>Sockets of both sides.</summary>
    public required GridFigure Sockets { get; init; }

    /// <summary>Pairs of socket and destination of both sides, for each of which a router keeps an entry.</summary>
    public required GridFigure Flows { get; init; }

    /// <summary>Datagrams of both sides.</summary>
    public required GridFigure Packets { get; init; }

    /// <summary>Which guards of the catalogue would have raised an alarm, were they posted at both homes.</summary>
    public required IReadOnlyList<GridWatch> Alarms { get; init; }

    public static GridComparison Of(string product, IReadOnlyList<ScheduleOutcome> worlds) => new()
    {
        Product = product,
        Method = worlds.CountBy(world => world.Method).OrderByDescending(method => method.Value).ThenBy(method => method.Key, StringComparer.Ordinal).First().Key,
        Worlds = worlds.Count,
        Direct = worlds.Count(world => world.DirectAfter is not null),
        Time = GridFigure.Of(worlds.Select(world => world.DirectAfter).OfType<TimeSpan>().Select(span => Math.Round(span.TotalMilliseconds, 1))),
        PortsProbed = GridFigure.Of(worlds.Select(world => (double)world.PortsProbed))!,
        MostPortsProbed = GridFigure.Of(worlds.Select(world => (double)world.MostPortsProbed))!,
        Sockets = GridFigure.Of(worlds.Select(world => (double)world.Sockets))!,
        Flows = GridFigure.Of(worlds.Select(world => (double)world.Flows))!,
        Packets = GridFigure.Of(worlds.Select(world => (double)world.Packets))!,
        Alarms =
        [
            .. worlds.SelectMany(world => world.Alarms.Keys).CountBy(watch => watch).Select(watch => new GridWatch(watch.Key.Side, watch.Key.Guard, watch.Value))
                .OrderBy(watch => watch.Guard, StringComparer.Ordinal).ThenBy(watch => watch.Side, StringComparer.Ordinal),
        ],
    };
}

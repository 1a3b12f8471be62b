using System.Text.Json;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Boxes.Guards;
using Postern.Lab.Grid;
using Postern.Lab.Grid.Ladders;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;

namespace Postern.Tests.Grid;

public class GridRunTests
{
    [Fact]
    public void Each_box_calls_each_and_the_outcome_stands_beside_the_forecast()
    {
        var report = Run("linux", "random", "udp-blocked");
        report.Pairs.Select(pair => $"{pair.One} {pair.Other} {pair.Outcome}").ShouldBe(
        [
            "linux linux Direct", "linux random Relayed", "linux udp-blocked Relayed",
            "random linux Relayed", "random random Relayed", "random udp-blocked Relayed",
            "udp-blocked linux Relayed", "udp-blocked random Relayed", "udp-blocked udp-blocked Relayed",
        ]);
        report.Totals.ShouldBe(new(9, 1, 8, 0, 9, 0, 0, 0));
        var overHttps = report.Pairs[^1];
        (overHttps.Path, overHttps.Forecast.Kind, overHttps.Forecast.Reason).ShouldBe((PathKind.Relayed, ForecastKind.Relayed, "relay-over-https"));
        overHttps.FirstByte!.P50.ShouldBeLessThan(1000);
        overHttps.Report!.Reasons.ShouldContain(reason => reason.Id == "relayed-over-https");
        overHttps.Ladder.Rungs.ShouldContain(rung => rung.Kind == LadderKind.RelayedData);
        var punched = report.Pairs[0];
        (punched.Path, punched.Forecast.Kind, punched.Forecast.Reason).ShouldBe((PathKind.Punched, ForecastKind.Punched, "both-mappings-stay"));
        punched.Direct!.P50.ShouldBeInRange(100, 1000);
        punched.FirstByte!.P50.ShouldBeGreaterThan(punched.Direct.P50);
        punched.Report!.Path.ShouldBe(PathKind.Punched);
        var relayed = report.Pairs[1];
        relayed.Direct.ShouldBeNull();
        relayed.FirstByte.ShouldNotBeNull();
        relayed.Ladder.Rungs.ShouldContain(rung => rung.Kind == LadderKind.RelayedData);
        relayed.Ladder.Rungs.ShouldContain(rung => rung.Kind == LadderKind.Check && rung.Dropped == DropReason.Filtered);
    }

    /// <summary>Whatever lets TCP out to the server or to a proxy lets calls through, over the relay.</summary>
    [Fact]
    public void Behind_firewalls_without_UDP_and_behind_those_that_know_proxies_alone_all_pairs_are_relayed_over_HTTPS()
    {
        var report = Run("http-proxy-only", "socks-only", "udp-blocked", "web-only", "linux");
        report.Totals.ShouldBe(new(25, 1, 24, 0, 25, 0, 0, 0));
        report.Pairs.Where(pair => pair.Outcome == GridOutcome.Relayed).Select(pair => pair.Forecast.Reason).ShouldAllBe(reason => reason == "relay-over-https");
        report.Pairs.ShouldAllBe(pair => pair.FirstByte!.P50 < 1000);
        report.Pairs[1].Ladder.Places.Select(place => place.Title).ShouldBe(["alice", "Only through an HTTP proxy", "Proxy", "Server", "Only through a SOCKS5 proxy", "bob"]);
        report.Pairs[^2].Ladder.Places.Select(place => place.Role).ShouldBe(["peer", "box", "server", "box", "peer"]);
        report.Pairs[20].Ladder.Places.Select(place => place.Role).ShouldBe(["peer", "box", "server", "proxy", "box", "peer"]);
        report.Pairs[20].Ladder.Rungs.ShouldContain(rung => rung.Kind == LadderKind.RelayedData && rung.From == 2 && rung.To == 3);
    }

    [Fact]
    public void A_pair_is_the_same_in_every_grid_and_with_any_number_of_workers()
    {
        var large = GridRun.Run(Plan("linux", "sequential-20", "block-512") with { Seeds = 2, Workers = 3 });
        var small = GridRun.Run(Plan("sequential-20", "linux") with { Seeds = 2, Workers = 1 });
        Told(small.Pairs[1]).ShouldBe(Told(large.Pairs[3]));

        static string Told(GridPair pair) => $"{pair.One} {pair.Other} {pair.Path} {pair.FirstByte} {pair.Direct} {pair.PacketsSent} {string.Join('\n', pair.Ladder.Rungs)}";
    }

    [Fact]
    public void Alarms_are_counted_by_side_and_guard_over_all_worlds()
    {
        var nervous = new BoxDescription
        {
            Id = "nervous",
            Title = "A guard that three ports alarm",
            Summary = "",
            Sources = new Dictionary<string, string>(),
            Nat = new(),
            Firewall = new() { Guards = [new() { Name = "nervous", Model = GuardModel.Sliding, Threshold = 3, Window = 10, Action = GuardAction.Nothing }] },
        };
        var report = GridRun.Run(new() { Boxes = [BoxCatalogue.All["linux"], nervous], Seeds = 2 });
        report.Pairs[0].Alarms.ShouldBeEmpty();
        report.Pairs[1].Alarms.ShouldAllBe(alarms => alarms.Side == "callee" && alarms.Guard == "nervous");
        report.Pairs[1].Alarms.Sum(alarms => alarms.Count).ShouldBeGreaterThanOrEqualTo(2);
        report.Pairs[3].Alarms.Select(alarms => alarms.Side).ShouldBe(["caller", "callee"]);
        report.Totals.Alarmed.ShouldBe(3);
    }

    [Fact]
    public void The_names_in_grid_json_stay()
    {
        using var json = JsonDocument.Parse(GridJson.Write(Run("linux", "random")));
        Names(json.RootElement).ShouldBe(["boxes", "format", "pairs", "patience", "seed", "seeds", "tables", "totals"]);
        json.RootElement.GetProperty("format").GetInt32().ShouldBe(2);
        Names(json.RootElement.GetProperty("totals")).ShouldBe(["agrees", "alarmed", "contradicts", "direct", "none", "open", "pairs", "relayed"]);
        Names(json.RootElement.GetProperty("boxes")[0]).ShouldBe(["id", "kind", "summary", "title"]);
        var tables = json.RootElement.GetProperty("tables");
        Names(tables).ShouldBe(["attempts", "endpoints", "forecasts", "nats", "places", "predictions", "reasons", "rungs", "steps"]);
        var pair = json.RootElement.GetProperty("pairs")[0];
        Names(pair).ShouldBe(
            ["agreement", "alarms", "direct", "endpointsProbed", "firstByte", "forecast", "ladder", "one", "other", "outcome", "packetsSent", "path", "paths", "report"]);
        Names(tables.GetProperty("forecasts")[pair.GetProperty("forecast").GetInt32()]).ShouldBe(["direct", "kind", "odds", "paths", "reason", "sentence"]);
        Names(pair.GetProperty("direct")).ShouldBe(["count", "p50", "p95"]);
        Names(pair.GetProperty("ladder")).ShouldBe(["direct", "endpoints", "firstByte", "packets", "places", "rungs"]);
        Names(tables.GetProperty("rungs")[pair.GetProperty("ladder").GetProperty("rungs")[0].GetInt32()]).ShouldBe(["at", "destination", "from", "kind", "repeats", "seenAs", "source", "to", "took"]);
        pair.GetProperty("agreement").GetString().ShouldBe("Agrees");
        pair.GetProperty("paths").GetProperty("Punched").GetInt32().ShouldBe(1);
        pair.GetProperty("report").GetProperty("path").GetString().ShouldBe("Punched");
    }

    [Fact]
    public void A_grid_that_is_stopped_ends_at_once()
    {
        using var stop = new CancellationTokenSource();
        Should.Throw<OperationCanceledException>(() => GridRun.Run(Plan("linux", "random"), _ => stop.Cancel(), stop.Token));
    }

    /// <summary>All boxes that ship. The time is that of the processor, so that a busy machine does not fail it.</summary>
    [Fact]
    [Trait("part", "soak")]
    public void The_whole_grid_takes_a_minute_of_two_cores_at_most_and_no_forecast_is_wrong()
    {
        var before = Environment.CpuUsage.TotalTime;
        var report = GridRun.Run(new() { Boxes = GridOrder.Of(BoxCatalogue.All.Values) });
        (Environment.CpuUsage.TotalTime - before).TotalSeconds.ShouldBeLessThan(2 * 60);
        report.Pairs.Where(pair => pair.Contradiction is not null).Select(pair => $"{pair.One} {pair.Other}: {pair.Contradiction}").ShouldBeEmpty();
        report.Pairs.Where(pair => pair.Outcome == GridOutcome.None).Select(pair => $"{pair.One} {pair.Other}").ShouldBeEmpty();
        GridJson.Write(report).Length.ShouldBeLessThan(4_300_000); // a fifth more than it is
        GridPage.Of(report).Length.ShouldBeLessThan(4_400_000);
    }

    private static GridReport Run(params string[] boxes) => GridRun.Run(Plan(boxes));

    private static GridPlan Plan(params string[] boxes) => new() { Boxes = [.. boxes.Select(id => BoxCatalogue.All[id])] };

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)];
}

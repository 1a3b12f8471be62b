using System.Text.Json;
using System.Text.Json.Nodes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Grid.Real;
using Postern.Lab.Namespaces;
using Postern.Protocol.Ice;

namespace Postern.Tests.Grid;

/// <summary>What <c>grid.json</c> has in tables, as docs/lab-grid.md says it.</summary>
public class GridJsonTests
{
    private static readonly GridReport Report = new GridMeetings
    {
        Peers = [new("postern", "Postern, for real", "A note.")],
        Met = [("linux", "random", new() { Peer = "postern", Outcome = GridOutcome.Relayed, Path = PathKind.Relayed, Report = Run().Pairs[1].Report })],
    }.Into(Run());

    [Fact]
    public void With_every_row_in_its_place_nothing_is_lost()
    {
        var file = JsonNode.Parse(GridJson.Write(Report))!.AsObject();
        var tables = file["tables"]!.AsObject();
        foreach (var pair in file["pairs"]!.AsArray().Select(pair => pair!.AsObject()))
        {
            pair["forecast"] = Row(pair["forecast"]!, "forecasts");
            Fill(pair["report"]!);
            Fill(pair["ladder"]!);
            Fill(pair["meetings"]?[0]!["report"]);
        }

        file.Remove("tables");
        JsonNode.DeepEquals(file, JsonSerializer.SerializeToNode(Report, GridJson.Default.GridReport)).ShouldBeTrue();

        void Fill(JsonNode? part)
        {
            foreach (var (name, table) in new[] { ("prediction", "predictions"), ("localNat", "nats"), ("remoteNat", "nats") })
            {
                if (part?[name] is { } row)
                {
                    part[name] = Row(row, table);
                }
            }

            foreach (var table in new[] { "attempts", "steps", "reasons", "places", "endpoints", "rungs" })
            {
                if (part?[table] is JsonArray list)
                {
                    part[table] = new JsonArray([.. list.Select(row => Row(row!, table))]);
                }
            }
        }

        JsonNode Row(JsonNode row, string table) => tables[table]![row.GetValue<int>()]!.DeepClone();
    }

    [Fact]
    public void A_table_has_no_row_twice_and_none_that_nobody_points_at()
    {
        var file = JsonNode.Parse(GridJson.Write(Report))!;
        file["tables"]!.AsObject().Select(table => table.Key).ShouldBe(
            ["endpoints", "rungs", "places", "reasons", "predictions", "steps", "attempts", "nats", "forecasts"], ignoreOrder: true);
        foreach (var (name, rows) in file["tables"]!.AsObject())
        {
            rows!.AsArray().Select(row => row!.ToJsonString()).ShouldBeUnique(name);
        }

        var rungs = file["pairs"]!.AsArray().SelectMany(pair => pair!["ladder"]!["rungs"]!.AsArray()).Select(row => row!.GetValue<int>()).ToArray();
        rungs.Distinct().Order().ShouldBe(Enumerable.Range(0, file["tables"]!["rungs"]!.AsArray().Count));
        rungs.Length.ShouldBeGreaterThan(rungs.Distinct().Count());
    }

    [Fact]
    public void What_met_is_read_again_with_its_report_from_either_format()
    {
        var first = JsonSerializer.SerializeToNode(Report, GridJson.Default.GridReport)!;
        first["format"] = 1;
        foreach (var json in new[] { GridJson.Write(Report), first.ToJsonString() })
        {
            var met = GridMeetings.Read(json).Met.ShouldHaveSingleItem().Meeting;
            Told(met.Report!).ShouldBe(Told(Report.Pairs[1].Report!));
        }

        static string Told(Postern.Sessions.Calls.ConnectReport report) => JsonSerializer.Serialize(report, GridJson.Default.ConnectReport);
    }

    [Theory]
    [InlineData("7")]
    [InlineData("-1")]
    [InlineData("0.5")]
    [InlineData("99999999999")]
    public void A_row_that_is_not_there_is_refused(string row)
    {
        var json = $$$"""{"format":2,"tables":{"nats":[]},"pairs":[{"one":"linux","other":"linux","meetings":[{"peer":"a","outcome":"None","report":{"localNat":{{{row}}}}}]}]}""";
        Should.Throw<LabException>(() => GridMeetings.Read(json)).Message.ShouldStartWith("It is no grid.json");
    }

    private static GridReport Run() => GridRun.Run(new() { Boxes = [BoxCatalogue.All["linux"], BoxCatalogue.All["random"]] });
}

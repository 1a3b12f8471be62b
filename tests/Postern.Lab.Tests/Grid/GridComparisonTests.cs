using System.Text.Json;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Schedules;

namespace Postern.Tests.Grid;

/// <summary>Other products' schedules as columns beside ours.</summary>
public class GridComparisonTests
{
    [Fact]
    public void A_pair_has_a_column_for_each_product_that_was_asked_for()
    {
        var report = Run(["hyperdht", "frp"], "sequential-5", "linux");
        report.Pairs.Select(pair => string.Join(", ", pair.Comparisons!.Select(comparison => $"{comparison.Product} {comparison.Method}"))).ShouldBe(
            ["hyperdht given up: both random, frp mode 3", "hyperdht random, frp mode 1", "hyperdht random, frp mode 1", "hyperdht consistent, frp mode 0"]);
        report.Pairs.Select(pair => pair.Comparisons![0].Direct).ShouldBe([0, 2, 2, 2]);
        report.Pairs.ShouldAllBe(pair => pair.Comparisons!.All(comparison => comparison.Worlds == 2));
        var guessed = report.Pairs[1].Comparisons![0];
        guessed.Time!.Count.ShouldBe(2);
        guessed.PortsProbed.P50.ShouldBeGreaterThan(guessed.MostPortsProbed.P50);
        guessed.Sockets.P50.ShouldBe(257);
        guessed.Flows.P50.ShouldBeGreaterThan(256 + guessed.MostPortsProbed.P50);
        guessed.Packets.P50.ShouldBeGreaterThanOrEqualTo(guessed.Flows.P50);
        guessed.Alarms.ShouldContain(watch => watch.Guard == "snort-medium");
        report.Pairs[3].Comparisons!.ShouldAllBe(comparison => comparison.Alarms.Count == 0);
    }

    [Fact]
    public void Ours_does_not_change_when_others_are_played_beside_it()
    {
        var (alone, beside) = (Run([], "linux", "random"), Run(["frp"], "linux", "random"));
        alone.Pairs.ShouldAllBe(pair => pair.Comparisons == null);
        beside.Pairs.Select(Told).ShouldBe(alone.Pairs.Select(Told));

        static string Told(GridPair pair) => $"{pair.One} {pair.Other} {pair.Path} {pair.FirstByte} {pair.PacketsSent}";
    }

    [Fact]
    public void The_names_of_a_comparison_stay()
    {
        using var json = JsonDocument.Parse(GridJson.Write(Run([.. PublishedSchedules.Products], "random", "linux")));
        var comparisons = json.RootElement.GetProperty("pairs")[1].GetProperty("comparisons");
        comparisons.EnumerateArray().Select(comparison => comparison.GetProperty("product").GetString()).ShouldBe(["frp", "easytier", "hyperdht"]);
        Names(comparisons[0]).ShouldBe(["alarms", "direct", "flows", "method", "mostPortsProbed", "packets", "portsProbed", "product", "sockets", "time", "worlds"]);
        Names(comparisons[0].GetProperty("alarms")[0]).ShouldBe(["guard", "side", "worlds"]);
    }

    [Fact]
    public void A_product_that_nobody_knows_is_misuse() =>
        Should.Throw<ArgumentException>(() => Run(["skype"], "linux")).Message.ShouldContain("'skype'");

    private static GridReport Run(string[] products, params string[] boxes) =>
        GridRun.Run(new() { Boxes = [.. boxes.Select(id => BoxCatalogue.All[id])], Seeds = 2, Products = products });

    private static string[] Names(JsonElement element) => [.. element.EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal)];
}

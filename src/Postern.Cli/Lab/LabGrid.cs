using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Grid;
using Postern.Lab.Grid.Real;
using Postern.Lab.Namespaces;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab grid</c>: every box meets every box, in the simulator, and a page shows what came of it.</summary>
internal static class LabGrid
{
    /// <param name="boxes">Ids of boxes, or files with a description of one; none for all that ship.</param>
    /// <param name="seeds">Worlds for each pair.</param>
    /// <param name="seed">The first world's.</param>
    /// <param name="folder">Where the two files go; it is made where it does not exist.</param>
    /// <param name="isReal">Whether each pair meets in network namespaces as well.</param>
    /// <param name="output">What is said.</param>
    /// <param name="stop">Ctrl-C: nothing is written then.</param>
    public static int Run(IReadOnlyList<string> boxes, int seeds, ulong seed, string folder, bool isReal, Output output, CancellationToken stop)
    {
        var plan = new GridPlan { Boxes = Chosen(boxes), Seeds = seeds, Seed = seed };
        if (isReal)
        {
            RequireReality(plan.Boxes);
        }

        Directory.CreateDirectory(folder);
        var clock = Stopwatch.StartNew();
        GridReport report;
        try
        {
            report = GridProgress.Show(plan, "simulated", output.Json, progress => GridRun.Run(plan, progress, stop));
            report = isReal ? GridProgress.Show(plan, "met for real", output.Json, progress => RealGrid.Run(report, Environment.ProcessPath!, progress, stop)) : report;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        var (json, page) = (Path.Combine(folder, "grid.json"), Path.Combine(folder, "grid.html"));
        Write(json, GridJson.Write(report));
        Write(page, GridPage.Of(report));
        Say(report, clock.Elapsed, json, page, output);
        return report.Totals.Contradicts == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static void RequireReality(IReadOnlyList<BoxDescription> boxes)
    {
        LabNetworks.RequireRoot();
        if (boxes.FirstOrDefault(box => !BoxCatalogue.All.ContainsKey(box.Id)) is { } foreign)
        {
            throw new CliException(ExitCode.Usage, $"--real takes boxes of the catalogue only, and '{foreign.Id}' is none.");
        }
    }

    private static IReadOnlyList<BoxDescription> Chosen(IReadOnlyList<string> boxes)
    {
        string[] names = [.. boxes.SelectMany(word => word.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()];
        return names.Length == 0 ? GridOrder.Of(BoxCatalogue.All.Values) : [.. names.Select(Box)];
    }

    private static BoxDescription Box(string name) =>
        BoxCatalogue.All.TryGetValue(name, out var shipped) ? shipped
        : !File.Exists(name) ? throw new CliException(ExitCode.Usage, $"No box is called '{name}', and there is no such file; the boxes are {string.Join(", ", BoxCatalogue.All.Keys)}.")
        : BoxDescriptionJson.Read(File.ReadAllText(name), out var error) ?? throw new CliException(ExitCode.Usage, $"{name}: {error}");

    // Whole or not at all: a page of which half is there misleads.
    private static void Write(string path, string text)
    {
        var draft = path + ".part";
        File.WriteAllText(draft, text);
        File.Move(draft, path, overwrite: true);
    }

    private static void Say(GridReport report, TimeSpan took, string json, string page, Output output)
    {
        var totals = report.Totals;
        output.Line(string.Create(CultureInfo.InvariantCulture, $"{totals.Pairs} pairs of {report.Boxes.Count} boxes in {took.TotalSeconds:0.0} s: {totals.Direct} direct, {totals.Relayed} relayed, {totals.None} without a path."));
        output.Line($"The forecast came true for {totals.Agrees} pairs, left {totals.Open} open, and was wrong for {totals.Contradicts}.");
        foreach (var pair in report.Pairs.Where(pair => pair.Agreement == GridAgreement.Contradicts))
        {
            output.Line($"  {pair.One} calls {pair.Other}: {pair.Contradiction}");
        }

        foreach (var pair in report.Pairs.Where(pair => pair.Meetings is not null && pair.Meetings.Any(meeting => meeting.Outcome != pair.Outcome)))
        {
            output.Line($"  {pair.One} calls {pair.Other}: {pair.Outcome} in the simulator, {pair.Meetings![0].Outcome} for real{(pair.Meetings[0].Trouble is { } trouble ? $" ({trouble})" : "")}.");
        }

        output.Line($"Look at {page}; {json} has the same for programs.");
        output.Object(new JsonObject
        {
            ["pairs"] = totals.Pairs,
            ["direct"] = totals.Direct,
            ["relayed"] = totals.Relayed,
            ["none"] = totals.None,
            ["agrees"] = totals.Agrees,
            ["open"] = totals.Open,
            ["contradicts"] = totals.Contradicts,
            ["seconds"] = Math.Round(took.TotalSeconds, 1),
            ["json"] = json,
            ["page"] = page,
        });
    }
}

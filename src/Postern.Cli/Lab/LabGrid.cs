using System.Diagnostics;
using Postern.Cli.Terminal;
using Postern.Lab.Grid;
using Postern.Lab.Grid.Real;
using Postern.Lab.Namespaces;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab grid</c>: every box meets every box, in the simulator, and a page shows what came of it.</summary>
internal static class LabGrid
{
    /// <param name="wishes">What was typed.</param>
    /// <param name="output">What is said.</param>
    /// <param name="stop">Ctrl-C: nothing is written then.</param>
    public static int Run(GridWishes wishes, Output output, CancellationToken stop)
    {
        var plan = new GridPlan { Boxes = GridChoice.Boxes(wishes), Seeds = wishes.Seeds, Seed = wishes.Seed, Products = wishes.Products };
        var reality = GridChoice.Reality(wishes, plan.Boxes);
        GridMeetings[] earlier = [.. wishes.Earlier.Select(Earlier)]; // before anything takes long
        Directory.CreateDirectory(wishes.Folder);
        var clock = Stopwatch.StartNew();
        GridReport report;
        try
        {
            report = GridProgress.Show(plan.Boxes.Count * plan.Boxes.Count, "pair", "simulated", output.Json, progress => GridRun.Run(plan, progress, stop));
            report = reality is null ? report : GridProgress.Show(reality.Meetings, "meeting", "for real", output.Json, progress => RealGrid.Run(report, reality, progress, stop));
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }

        report = earlier.Aggregate(report, (grid, meetings) => meetings.Into(grid));
        var (json, page) = (Path.Combine(wishes.Folder, "grid.json"), Path.Combine(wishes.Folder, "grid.html"));
        Write(json, GridJson.Write(report));
        Write(page, GridPage.Of(report));
        GridText.Say(report, clock.Elapsed, json, page, output);
        return report.Totals.Contradicts == 0 ? ExitCode.Success : ExitCode.Failure;
    }

    private static GridMeetings Earlier(string file)
    {
        try
        {
            return GridMeetings.Read(File.ReadAllText(file));
        }
        catch (LabException e)
        {
            throw new CliException(ExitCode.Usage, $"{file}: {e.Message}");
        }
    }

    // Whole or not at all: a page of which half is there misleads.
    private static void Write(string path, string text)
    {
        var draft = path + ".part";
        File.WriteAllText(draft, text);
        File.Move(draft, path, overwrite: true);
    }
}

using System.Globalization;
using Postern.Lab.Grid;
using Spectre.Console;

namespace Postern.Cli.Lab;

/// <summary>How far a grid is, on standard error: a bar on a terminal, now and then a line elsewhere, nothing for a program.</summary>
internal static class GridProgress
{
    private const int Lines = 10;

    public static GridReport Show(GridPlan plan, bool isForProgram, Func<Action<GridPair>?, GridReport> run)
    {
        var total = plan.Boxes.Count * plan.Boxes.Count;
        return isForProgram ? run(null) : Console.IsErrorRedirected ? InLines(total, run) : AsBar(total, run);
    }

    private static GridReport AsBar(int total, Func<Action<GridPair>?, GridReport> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask($"{total} pairs", maxValue: total);
                return run(_ => task.Increment(1));
            });
    }

    private static GridReport InLines(int total, Func<Action<GridPair>?, GridReport> run)
    {
        var done = 0;
        return run(_ =>
        {
            var now = Interlocked.Increment(ref done);
            if (total > Lines && now * Lines / total > (now - 1) * Lines / total)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now} of {total} pairs"));
            }
        });
    }
}

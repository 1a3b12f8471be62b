using System.Globalization;
using Postern.Cli.Terminal;
using Postern.Lab.Grid;
using Spectre.Console;

namespace Postern.Cli.Lab;

/// <summary>How far a grid is, on standard error: a bar on a terminal, now and then a line elsewhere, nothing for a program.</summary>
internal static class GridProgress
{
    private const int Lines = 10;

    /// <param name="total">How many pairs or meetings.</param>
    /// <param name="noun">What one of them is.</param>
    /// <param name="done">What is done to them: "simulated".</param>
    /// <param name="isForProgram">Whether nothing is to be shown.</param>
    /// <param name="run">Does it, and says when one more is done.</param>
    public static GridReport Show(int total, string noun, string done, bool isForProgram, Func<Action<GridPair>?, GridReport> run) =>
        isForProgram ? run(null) : Console.IsErrorRedirected ? InLines(total, noun, done, run) : AsBar($"{Counted.Of(total, noun)} {done}", total, run);

    private static GridReport AsBar(string title, int total, Func<Action<GridPair>?, GridReport> run)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Error) });
        return console.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask(title, maxValue: total);
                return run(_ => task.Increment(1));
            });
    }

    private static GridReport InLines(int total, string noun, string done, Func<Action<GridPair>?, GridReport> run)
    {
        var count = 0;
        return run(_ =>
        {
            var now = Interlocked.Increment(ref count);
            if (total > Lines && now * Lines / total > (now - 1) * Lines / total)
            {
                Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{now} of {Counted.Of(total, noun)} {done}"));
            }
        });
    }
}

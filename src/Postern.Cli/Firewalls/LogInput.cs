using System.Diagnostics;
using System.Globalization;
using Postern.Firewalls.Learning;
using Spectre.Console;

namespace Postern.Cli.Firewalls;

/// <summary>Reads files, standard input or the journal block by block, and shows on a terminal how far it is.</summary>
/// <param name="names">Where names are kept.</param>
/// <param name="counts">Where lines are counted.</param>
/// <param name="found">Is given every packet that opens a flow.</param>
internal sealed class LogInput(LogNames names, LineCounts counts, SightingHandler found)
{
    private const long WorthABar = 64 << 20;

    public async Task ReadAsync(LearnRequest request, TextWriter error, CancellationToken stop)
    {
        foreach (var path in request.Logs)
        {
            await ReadAsync(path, error, stop).ConfigureAwait(false);
        }

        if (request.Journal)
        {
            await ReadJournalAsync(stop).ConfigureAwait(false);
        }
    }

    private async Task ReadAsync(string path, TextWriter error, CancellationToken stop)
    {
        using var log = path == "-" ? Console.OpenStandardInput() : new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 0, FileOptions.SequentialScan);
        var length = log.CanSeek ? log.Length : 0;
        if (Console.IsErrorRedirected || (log.CanSeek && length < WorthABar))
        {
            await FeedAsync(log, null, stop).ConfigureAwait(false);
            return;
        }

        var name = log.CanSeek ? Markup.Escape(Terminal.Printable.Of(Path.GetFileName(path))) : "standard input";
        await AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) }).Progress().StartAsync(async context =>
        {
            var task = context.AddTask(name, maxValue: Math.Max(1, length));
            task.IsIndeterminate = length == 0;
            var read = 0L;
            await FeedAsync(log, count => Show(task, name, read += count), stop).ConfigureAwait(false);
            task.StopTask();
        }).ConfigureAwait(false);
    }

    /// <summary>Of what has no known length, how much it was so far.</summary>
    private static void Show(ProgressTask task, string name, long read)
    {
        task.Value = read;
        if (task.IsIndeterminate)
        {
            task.Description = string.Create(CultureInfo.InvariantCulture, $"{name}, {read / 1_000_000} MB");
        }
    }

    private async Task ReadJournalAsync(CancellationToken stop)
    {
        Process journal;
        try
        {
            journal = Process.Start(new ProcessStartInfo("journalctl", ["-k", "-o", "json", "--no-pager"]) { RedirectStandardOutput = true })!;
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            throw new CliException(ExitCode.Failure, $"journalctl cannot be run: {e.Message}");
        }

        using (journal)
        {
            await FeedAsync(journal.StandardOutput.BaseStream, null, stop).ConfigureAwait(false);
            await journal.WaitForExitAsync(stop).ConfigureAwait(false);
            if (journal.ExitCode != 0)
            {
                throw new CliException(ExitCode.Failure, $"journalctl ended with code {journal.ExitCode}.");
            }
        }
    }

    private async Task FeedAsync(Stream stream, Action<int>? advanced, CancellationToken stop)
    {
        var now = TimeProvider.System.GetUtcNow();
        await new LogReading(stream, new(names, counts, now, found), now, Environment.ProcessorCount, stop).RunAsync(advanced).ConfigureAwait(false);
    }
}

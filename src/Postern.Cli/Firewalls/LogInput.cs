using System.Diagnostics;
using Postern.Firewalls.Learning;
using Spectre.Console;

namespace Postern.Cli.Firewalls;

/// <summary>Reads files, standard input or the journal block by block, and shows on a terminal how far it is.</summary>
internal sealed class LogInput(LogNames names, LineCounts counts, SightingHandler found)
{

    private const int Block = 1 << 18;
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
        if (path == "-")
        {
            using var input = Console.OpenStandardInput();
            Feed(input, null, stop);
            return;
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1, FileOptions.SequentialScan);
        if (Console.IsErrorRedirected || file.Length < WorthABar)
        {
            Feed(file, null, stop);
            return;
        }

        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        await console.Progress().StartAsync(context =>
        {
            var task = context.AddTask(Markup.Escape(Terminal.Printable.Of(Path.GetFileName(path))), maxValue: file.Length);
            Feed(file, read => task.Increment(read), stop);
            return Task.CompletedTask;
        }).ConfigureAwait(false);
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
            Feed(journal.StandardOutput.BaseStream, null, stop);
            await journal.WaitForExitAsync(stop).ConfigureAwait(false);
            if (journal.ExitCode != 0)
            {
                throw new CliException(ExitCode.Failure, $"journalctl ended with code {journal.ExitCode}.");
            }
        }
    }

    private void Feed(Stream stream, Action<int>? advanced, CancellationToken stop)
    {
        var reader = new LogReader(names, counts, TimeProvider.System.GetUtcNow(), found);
        var block = new byte[Block];
        for (int read; (read = stream.Read(block)) > 0;)
        {
            stop.ThrowIfCancellationRequested();
            reader.Feed(block.AsSpan(0, read));
            advanced?.Invoke(read);
        }

        reader.Complete();
    }
}

using System.Diagnostics;

namespace Postern.Lab.Foreign;

/// <summary>
/// A foreign program with piped standard streams, in a network namespace where one is named. Its end of input asks it to stop;
/// if it does not, it is killed with its whole tree. What it says on its standard error is kept for the failure's message.
/// </summary>
internal sealed class ForeignProcess : IAsyncDisposable
{
    private const int ComplaintsKept = 40;

    private readonly Process _process;
    private readonly Queue<string> _complaints = new();

    private ForeignProcess(Process process) => _process = process;

    /// <summary>What the program reads.</summary>
    public Stream Input => _process.StandardInput.BaseStream;

    /// <summary>What the program writes.</summary>
    public Stream Output => _process.StandardOutput.BaseStream;

    /// <summary>The last lines of the standard error.</summary>
    public string Complaints
    {
        get
        {
            lock (_complaints)
            {
                return string.Join('\n', _complaints);
            }
        }
    }

    /// <summary>Starts a program.</summary>
    /// <param name="network">The network namespace, or null for our own.</param>
    /// <param name="home">What the program is told is its home, or null for ours.</param>
    /// <param name="command">The program and its arguments.</param>
    public static ForeignProcess Start(string? network, string? home, params IEnumerable<string> command)
    {
        IEnumerable<string> words = network is null ? command : ["ip", "netns", "exec", network, .. command];
        var start = new ProcessStartInfo(words.First(), words.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (home is not null)
        {
            start.Environment["HOME"] = home;
        }

        var started = new ForeignProcess(Process.Start(start)!);
        started._process.ErrorDataReceived += (_, line) => started.Keep(line.Data);
        started._process.BeginErrorReadLine();
        return started;
    }

    /// <summary>Runs a program to its end; throws where it fails. For what takes no time to speak of.</summary>
    public static async Task<string> RunAsync(string? network, params IEnumerable<string> command)
    {
        await using var running = Start(network, null, command);
        running._process.StandardInput.Close();
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var said = await running._process.StandardOutput.ReadToEndAsync(limit.Token);
        await running._process.WaitForExitAsync(limit.Token);
        return running._process.ExitCode == 0
            ? said
            : throw new InvalidOperationException($"{string.Join(' ', command)} failed: {said}{running.Complaints}");
    }

    /// <summary>Ends a program that does not heed the end of its input.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public async ValueTask DisposeAsync()
    {
        try
        {
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // it has gone already
        }

        using var grace = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            await _process.WaitForExitAsync(grace.Token);
        }
        catch (OperationCanceledException)
        {
            Kill();
            await _process.WaitForExitAsync(CancellationToken.None);
        }

        _process.Dispose();
    }

    /// <summary>Keeps a line, but for Chromium's many laments about a desktop that is not there.</summary>
    private void Keep(string? line)
    {
        if (line is null || line.Contains(":dbus/", StringComparison.Ordinal))
        {
            return;
        }

        lock (_complaints)
        {
            _complaints.Enqueue(line);
            if (_complaints.Count > ComplaintsKept)
            {
                _complaints.Dequeue();
            }
        }
    }
}

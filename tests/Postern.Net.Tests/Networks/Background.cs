using System.Diagnostics;
using System.Text;

namespace Postern.Net.Tests.Networks;

/// <summary>A process that runs beside the test. Its output is kept; it does not outlive <see cref="Dispose"/>.</summary>
public sealed class Background : IDisposable
{
    private readonly object _gate = new();
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _errors = new();
    private readonly Process _process;
    private readonly string _command;
    private int _open = 2; // standard output and standard error

    // The pool's threads read what programs say; tests that block must not leave it without any, or output comes too late to count.
    static Background() => ThreadPool.SetMinThreads(64, 64);

    public Background(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[name] = value;
        }

        _command = string.Join(' ', arguments.Prepend(program));
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(_errors, line.Data);
        _process.Start();
        Id = _process.Id;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public int Id { get; }

    public bool HasExited => _process.HasExited;

    public string Output => Read(_output);

    public string Errors => Read(_errors);

    /// <summary>Waits until standard output or standard error contains the text, or fails with all that was said instead.</summary>
    public void WaitFor(string text, double seconds = 10)
    {
        var deadline = Stopwatch.StartNew();
        lock (_gate)
        {
            while (!Said(text))
            {
                var left = TimeSpan.FromSeconds(seconds) - deadline.Elapsed;
                if (left <= TimeSpan.Zero || (_process.HasExited && !DrainedAndSaid(text)))
                {
                    throw new TimeoutException($"'{text}' was not said within {seconds} s{Ending()}: {_command}\n{_output}{_errors}");
                }

                Monitor.Wait(_gate, left < TimeSpan.FromMilliseconds(200) ? left : TimeSpan.FromMilliseconds(200));
            }
        }
    }

    /// <summary>Types a line into its standard input.</summary>
    public void Type(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }

    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Waits for its end; kills it, children included, and answers exit code -1 when that takes too long.</summary>
    public Outcome WaitForExit(double seconds = 10)
    {
        if (!_process.WaitForExit(TimeSpan.FromSeconds(seconds)))
        {
            Kill();
            return new(-1, Output, $"{Errors}[killed after {seconds} s: {_command}]");
        }

        lock (_gate)
        {
            var deadline = Stopwatch.StartNew(); // the last lines are on their way, but a grandchild may hold the pipes open for ever
            while (_open > 0 && deadline.ElapsedMilliseconds < 3000)
            {
                Monitor.Wait(_gate, 100);
            }
        }

        return new(_process.ExitCode, Output, Errors);
    }

    /// <summary>Ctrl-C, and its end.</summary>
    public Outcome Interrupt(double seconds = 10)
    {
        _ = Libc.Signal(Id, Libc.Interrupt);
        return WaitForExit(seconds);
    }

    /// <summary>SIGKILL, children included.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            return; // it has ended by itself
        }

        _process.WaitForExit(5000);
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private bool Said(string text) =>
        _output.ToString().Contains(text, StringComparison.Ordinal) || _errors.ToString().Contains(text, StringComparison.Ordinal);

    private bool DrainedAndSaid(string text)
    {
        Monitor.Wait(_gate, 300); // the last lines may still be on their way
        return Said(text);
    }

    private string Ending() => _process.HasExited ? $" (it ended with code {_process.ExitCode})" : "";

    private void Keep(StringBuilder kept, string? line)
    {
        lock (_gate)
        {
            if (line is null)
            {
                _open--;
            }
            else
            {
                kept.Append(line).Append('\n');
            }

            Monitor.PulseAll(_gate);
        }
    }

    private string Read(StringBuilder kept)
    {
        lock (_gate)
        {
            return kept.ToString();
        }
    }
}

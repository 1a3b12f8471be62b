using System.Diagnostics;
using System.Text;
using Postern.Lab.Namespaces.Kernel;

namespace Postern.Lab.Grid.Real;

/// <summary>A program on a host of a laboratory, with a home of its own.</summary>
internal sealed class RealProgram : IDisposable
{
    private static readonly string[] ProxyVariables = ["http_proxy", "https_proxy", "all_proxy", "no_proxy"];

    private readonly Process _process;
    private readonly StringBuilder _said = new();

    /// <param name="program">Its path.</param>
    /// <param name="lab">The laboratory.</param>
    /// <param name="host">The host; also the name of its home.</param>
    /// <param name="homes">The folder of all homes.</param>
    /// <param name="proxy">The URL of the proxy that its settings name, whatever ours do; null for none.</param>
    /// <param name="arguments">What it is told.</param>
    public RealProgram(string program, string lab, string host, string homes, string? proxy, params IEnumerable<string> arguments)
    {
        var home = Directory.CreateDirectory(Path.Combine(homes, host)).FullName;
        var start = new ProcessStartInfo("ip", ["netns", "exec", LabNames.Namespace(lab, host), program, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, folder) in new[] { ("HOME", ""), ("XDG_CONFIG_HOME", "config"), ("XDG_DATA_HOME", "data"), ("XDG_STATE_HOME", "state"), ("XDG_CACHE_HOME", "cache") })
        {
            start.Environment[name] = Path.Combine(home, folder);
        }

        foreach (var name in ProxyVariables.Concat(ProxyVariables.Select(name => name.ToUpperInvariant())))
        {
            start.Environment.Remove(name);
        }

        if (proxy is not null)
        {
            start.Environment["all_proxy"] = proxy;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasEnded => _process.HasExited;

    /// <summary>Everything that it has said, on either stream.</summary>
    public string Said
    {
        get
        {
            lock (_said)
            {
                return _said.ToString();
            }
        }
    }

    /// <summary>Waits until it says this; false where it ends before, or says it too late.</summary>
    public bool WaitFor(string words, TimeSpan patience, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        while (!Said.Contains(words, StringComparison.Ordinal))
        {
            stop.ThrowIfCancellationRequested();
            if (_process.HasExited || clock.Elapsed > patience)
            {
                return Said.Contains(words, StringComparison.Ordinal);
            }

            Thread.Sleep(20);
        }

        return true;
    }

    /// <summary>Waits for its end; false where that does not come, or it did not succeed.</summary>
    public bool Finish(TimeSpan patience, CancellationToken stop)
    {
        var clock = Stopwatch.StartNew();
        while (!_process.WaitForExit(50))
        {
            stop.ThrowIfCancellationRequested();
            if (clock.Elapsed > patience)
            {
                return false;
            }
        }

        _process.WaitForExit(); // for the last lines
        return _process.ExitCode == 0;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            lock (_said)
            {
                _said.AppendLine(line);
            }
        }
    }
}

using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls;

/// <summary>A folder with Shorewall's configuration, and what the real compiler makes of it.</summary>
internal sealed class ShorewallFolder : IDisposable
{
    private readonly string _program;
    private readonly string _path = Directory.CreateTempSubdirectory("postern-shorewall-").FullName;

    /// <param name="version">Shorewall or Shorewall6.</param>
    /// <param name="optimize">As in shorewall.conf; without optimizing a long file is compiled faster.</param>
    public ShorewallFolder(IpVersion version, string optimize = "All")
    {
        _program = version == IpVersion.V4 ? "shorewall" : "shorewall6";
        var settings = File.ReadAllLines($"/etc/{_program}/{_program}.conf").Select(line => line.StartsWith("OPTIMIZE=", StringComparison.Ordinal) ? $"OPTIMIZE={optimize}" : line);
        File.WriteAllLines(Path.Combine(_path, $"{_program}.conf"), settings);
    }

    public void Add(FormatFile file) => File.WriteAllText(Path.Combine(_path, file.Name), file.Text);

    /// <summary>What it complains of: nothing, if all is well.</summary>
    public IReadOnlyList<string> Complaints(double seconds = 60)
    {
        var outcome = Check("check", [], seconds);
        var said = $"{outcome.Output}{outcome.Errors}";
        return [.. said.Split('\n').Where(line => line.Contains("WARNING", StringComparison.Ordinal) || line.Contains("ERROR", StringComparison.Ordinal)),
            .. outcome.Succeeded && said.Contains("configuration verified", StringComparison.Ordinal) ? Array.Empty<string>() : [$"code {outcome.ExitCode}"]];
    }

    /// <summary>The compiled rules, for iptables-restore.</summary>
    public string Compile()
    {
        var outcome = Check("check", ["-r"], 60);
        if (!outcome.Succeeded || outcome.Output.Contains("WARNING", StringComparison.Ordinal) || outcome.Errors.Contains("WARNING", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"code {outcome.ExitCode}\n{outcome.Errors}{outcome.Output}");
        }

        var lines = outcome.Output.Split('\n').SkipWhile(line => !line.StartsWith('*'));
        return string.Concat(lines.Where(line => line.StartsWith('*') || line.StartsWith(':') || line.StartsWith("-A", StringComparison.Ordinal) || line == "COMMIT").Select(line => $"{line}\n"));
    }

    public void Dispose() => Directory.Delete(_path, recursive: true);

    private Outcome Check(string command, string[] options, double seconds) => Shell.Try("unshare", ["-n", _program, command, .. options, _path], seconds: seconds);
}

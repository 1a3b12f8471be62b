using System.Globalization;
using System.Runtime.InteropServices;

namespace Postern.Net.Tests.Networks;

/// <summary>Names and removes namespaces, and those of test processes that died before they could clean up.</summary>
internal static class Leftovers
{
    private const string Prefix = "pstn-";
    private const string Folder = "/run/netns";

    private static readonly string Mine = $"{Prefix}{Environment.ProcessId}-";
    private static readonly Lazy<string?> Trouble = new(Prepare);
    private static int _networks;

    // A signal that ends the process ends it without ProcessExit; Ctrl-C lets the running test finish.
    private static PosixSignalRegistration[] _endings = [];

    /// <summary>The common beginning of the names of one network.</summary>
    public static string NextPrefix() => $"{Mine}{Interlocked.Increment(ref _networks)}-";

    /// <summary>Skips the test where namespaces cannot be had; with CI=true that is a failure.</summary>
    public static void RequireNamespaces()
    {
        if (Trouble.Value is not { } trouble)
        {
            return;
        }

        var sentence = $"Network namespaces cannot be had here: {trouble}";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", sentence);
        Assert.Fail(sentence);
    }

    public static string CreateFolder(string prefix) => Directory.CreateTempSubdirectory(prefix).FullName;

    /// <summary>Removes namespaces and folders by the beginning of their name, and kills what still runs in them.</summary>
    public static void Remove(string prefix)
    {
        foreach (var name in Names().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            foreach (var id in Shell.Try("ip", ["netns", "pids", name]).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                Shell.Try("kill", ["-9", id]);
            }

            Shell.Try("ip", ["netns", "del", name]);
        }

        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), $"{prefix}*"))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Removes the namespaces of test processes that are no more.</summary>
    public static void RemoveOfTheDead()
    {
        foreach (var owner in Names().Concat(Folders()).Select(Owner).OfType<int>().Distinct().Where(owner => !Directory.Exists($"/proc/{owner}")))
        {
            Remove($"{Prefix}{owner}-");
        }
    }

    private static string? Prepare()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            return "not root on Linux.";
        }

        RemoveOfTheDead();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Remove(Mine);
        _endings = [.. new[] { PosixSignal.SIGTERM, PosixSignal.SIGHUP }.Select(signal => PosixSignalRegistration.Create(signal, _ => Remove(Mine)))];
        var probe = $"{Mine}probe";
        var outcome = Shell.Try("ip", ["netns", "add", probe]);
        Remove(probe);
        return outcome.Succeeded ? null : outcome.Errors.Trim();
    }

    private static int? Owner(string name) =>
        name.Split('-') is ["pstn", var id, ..] && int.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out var owner) ? owner : null;

    private static IEnumerable<string> Folders() => Directory.GetDirectories(Path.GetTempPath(), $"{Prefix}*").Select(path => Path.GetFileName(path)!);

    private static string[] Names() =>
        Directory.Exists(Folder) ? [.. Directory.GetFiles(Folder).Select(path => Path.GetFileName(path)!)] : [];
}

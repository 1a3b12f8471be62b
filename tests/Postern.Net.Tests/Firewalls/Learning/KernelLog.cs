using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls.Learning;

/// <summary>
/// The kernel's log while the LOG rules of every namespace write to it (net.netfilter.nf_log_all_netns), which they else do not. The
/// setting is the whole machine's: one test at a time changes it, and it is put back as it was.
/// </summary>
internal sealed partial class KernelLog : IDisposable
{
    private const string Setting = "/proc/sys/net/netfilter/nf_log_all_netns";

    private readonly string _mark = $"postern-test-{Guid.NewGuid():n}";
    private readonly FileStream _alone;
    private readonly string _before;

    public KernelLog()
    {
        _alone = Lock();
        _before = File.ReadAllText(Setting);
        File.WriteAllText(Setting, "1");
        File.WriteAllText("/dev/kmsg", $"<6>{_mark}\n");
    }

    /// <summary>Skips, loudly, where the setting or the log is out of reach: in a container it mostly is.</summary>
    public static void Require()
    {
        var can = Shell.Try("sh", ["-c", $"test -w {Setting} && test -w /dev/kmsg && dmesg >/dev/null"]).Succeeded;
        Assert.SkipUnless(can || Environment.GetEnvironmentVariable("CI") == "true", "This machine's kernel log cannot be read, or nf_log_all_netns not be set.");
        can.ShouldBeTrue("the kernel's log");
    }

    /// <summary>Its lines since this began.</summary>
    public string[] Read() => [.. Shell.Run("dmesg", []).Split('\n', StringSplitOptions.RemoveEmptyEntries).SkipWhile(line => !line.Contains(_mark)).Skip(1)];

    /// <summary>A line of dmesg as <c>journalctl -o json</c> shows it.</summary>
    public static string InJournal(string line)
    {
        var parts = Stamp().Match(line);
        var at = decimal.Parse(parts.Groups[1].Value, CultureInfo.InvariantCulture) * 1_000_000;
        return JsonSerializer.Serialize(new Dictionary<string, string>
        {
            ["__REALTIME_TIMESTAMP"] = (1_795_667_785_000_000 + (long)at).ToString(CultureInfo.InvariantCulture),
            ["_TRANSPORT"] = "kernel",
            ["SYSLOG_IDENTIFIER"] = "kernel",
            ["MESSAGE"] = parts.Groups[2].Value,
        });
    }

    public void Dispose()
    {
        File.WriteAllText(Setting, _before);
        _alone.Dispose();
    }

    private static FileStream Lock()
    {
        for (var i = 0; ; i++)
        {
            try
            {
                return new(Path.Combine(Path.GetTempPath(), "postern-kernel-log.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (i < 600)
            {
                Thread.Sleep(200);
            }
        }
    }

    [GeneratedRegex(@"^\[ *([0-9.]+)\] (.*)$")]
    private static partial Regex Stamp();
}

using System.Diagnostics;
using System.Text.Json.Nodes;
using Postern.Benchmarks.Harness;

namespace Postern.Benchmarks.Learning;

/// <summary><c>postern learn</c> beside <c>awk '{n+=NF} END{print n}'</c> on the same file, one after the other, in rounds.</summary>
internal static class LearnBench
{
    private const int Rounds = 3;
    private const int DefaultMegabytes = 1000;

    private static readonly string[] AllAwks = ["mawk", "gawk"];

    /// <summary>The one that <c>./postern</c> runs: of the copy beside this program not all has been compiled.</summary>
    private static readonly string Postern = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../src/Postern.Cli/bin/Release/net10.0/Postern.Cli"));

    public static void Run()
    {
        var megabytes = int.TryParse(Environment.GetEnvironmentVariable("POSTERN_BENCH_LOG_MB"), out var asked) ? asked : DefaultMegabytes;
        var table = new Table(
            "Learning",
            $"{megabytes} MB of generated log from the page cache, {Rounds} rounds, wall clock; awk splits the fields and does nothing else; ours is the whole 'postern learn', from its start to the rules",
            "",
            "ours MB/s",
            "peer",
            "peer MB/s",
            "ours / peer",
            "ours MB/CPU s",
            "peer MB/CPU s",
            "lines",
            "flows",
            "peak memory");
        foreach (var json in new[] { false, true })
        {
            var path = Path.GetTempFileName();
            try
            {
                var lines = LogFile.Write(path, megabytes * 1_000_000L, json);
                foreach (var awk in Awks())
                {
                    Row(table, json ? "ulogd JSON" : "kernel LOG in syslog", awk, path, lines, megabytes);
                }
            }
            finally
            {
                File.Delete(path);
            }
        }

        table.Print();
    }

    /// <summary>Every awk that is here; only one that is asked for a number of fields splits them.</summary>
    private static IEnumerable<string> Awks() => AllAwks.Where(name => File.Exists($"/usr/bin/{name}"));

    private static void Row(Table table, string what, string awk, string path, long lines, int megabytes)
    {
        var (ours, theirs) = (new double[Rounds], new double[Rounds]);
        var (cpu, awkCpu) = (new double[Rounds], new double[Rounds]);
        long flows = 0, memory = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var (wall, used) = Awk(awk, path);
            (theirs[i], awkCpu[i]) = (megabytes / wall, megabytes / used);
            (wall, used, memory, flows) = Learn(path, lines);
            (ours[i], cpu[i]) = (megabytes / wall, megabytes / used);
        }

        var (mine, yardstick) = (Spread.Of(ours), Spread.Of(theirs));
        table.Add(
            what,
            $"{mine.Median:0} ({mine.Range("0")})",
            awk,
            $"{yardstick.Median:0} ({yardstick.Range("0")})",
            $"{mine.Median / yardstick.Median:0.00}",
            $"{Spread.Of(cpu).Median:0}",
            $"{Spread.Of(awkCpu).Median:0}",
            $"{lines}",
            $"{flows}",
            $"{memory / 1e6:0} MB");
    }

    /// <summary>The binary as people run it, from its start to its last word.</summary>
    private static (double Wall, double Cpu, long Memory, long Flows) Learn(string path, long lines)
    {
        var (wall, used, memory, said) = Timed($"'{Postern}' learn '{path}' --json");
        var report = JsonNode.Parse(said.Split('\n').First(line => line.StartsWith('{')))!;
        if ((long)report["lines"]!["flow"]! != lines || (double)report["coverage"]!["refused"]! > 0)
        {
            throw new InvalidOperationException($"{report["lines"]!["flow"]} of {lines} lines were read, {report["coverage"]!["refused"]} flows are not covered.");
        }

        return (wall, used, memory, (long)report["flows"]!);
    }

    private static (double Wall, double Cpu) Awk(string awk, string path)
    {
        var (wall, used, _, _) = Timed($"{awk} '{{n+=NF}} END{{print n}}' '{path}'");
        return (wall, used);
    }

    /// <summary>Wall clock and CPU time in seconds, most memory in bytes, and what was said on standard output.</summary>
    private static (double Wall, double Cpu, long Memory, string Output) Timed(string command)
    {
        var watch = Stopwatch.StartNew();
        using var shell = Process.Start(new ProcessStartInfo("bash", ["-c", $"TIMEFORMAT='%U %S'; time {command}"]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (said, errors) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        long memory = 0;
        while (!shell.WaitForExit(20))
        {
            memory = Math.Max(memory, PeakOfChild(shell.Id));
        }

        var used = errors.Result.TrimEnd().Split('\n')[^1].Split(' ').Sum(seconds => double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
        return (watch.Elapsed.TotalSeconds, used, memory, said.Result);
    }

    private static long PeakOfChild(int shell)
    {
        try
        {
            var child = File.ReadAllText($"/proc/{shell}/task/{shell}/children").Trim();
            var peak = File.ReadLines($"/proc/{child}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return peak is null ? 0 : 1024 * long.Parse(peak.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2], System.Globalization.CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0; // it has ended meanwhile
        }
    }
}

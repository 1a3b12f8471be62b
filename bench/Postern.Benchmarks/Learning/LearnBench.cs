using System.Diagnostics;
using System.Text.Json.Nodes;
using Postern.Benchmarks.Harness;

namespace Postern.Benchmarks.Learning;

/// <summary><c>postern learn</c> beside <c>awk '{n+=NF} END{print n}'</c> on the same file, one after the other, in rounds.</summary>
internal static class LearnBench
{
    private const int Rounds = 3;
    private const int DefaultMegabytes = 1000;

    public static void Run()
    {
        var megabytes = int.TryParse(Environment.GetEnvironmentVariable("POSTERN_BENCH_LOG_MB"), out var asked) ? asked : DefaultMegabytes;
        var awk = Path.GetFileName(new FileInfo("/usr/bin/awk").ResolveLinkTarget(true)?.Name ?? "awk");
        var table = new Table(
            "Learning",
            $"{megabytes} MB of generated log from the page cache, {Rounds} rounds, wall clock; {awk} splits the fields and does nothing else; ours is the whole 'postern learn', from its start to the rules",
            "",
            "ours MB/s",
            $"{awk} MB/s",
            "ours / awk",
            "ours MB/CPU s",
            $"{awk} MB/CPU s",
            "lines",
            "flows",
            "peak memory");
        foreach (var json in new[] { false, true })
        {
            var path = Path.GetTempFileName();
            try
            {
                var lines = LogFile.Write(path, megabytes * 1_000_000L, json);
                Row(table, json ? "ulogd JSON" : "kernel LOG in syslog", path, lines, megabytes);
            }
            finally
            {
                File.Delete(path);
            }
        }

        table.Print();
    }

    private static void Row(Table table, string what, string path, long lines, int megabytes)
    {
        var (ours, theirs) = (new double[Rounds], new double[Rounds]);
        var (cpu, awkCpu) = (new double[Rounds], new double[Rounds]);
        long flows = 0, memory = 0;
        for (var i = 0; i < Rounds; i++)
        {
            var (wall, used) = Awk(path);
            (theirs[i], awkCpu[i]) = (megabytes / wall, megabytes / used);
            (wall, used, memory, flows) = Learn(path, lines);
            (ours[i], cpu[i]) = (megabytes / wall, megabytes / used);
        }

        var (mine, yardstick) = (Spread.Of(ours), Spread.Of(theirs));
        table.Add(
            what,
            $"{mine.Median:0} ({mine.Range("0")})",
            $"{yardstick.Median:0} ({yardstick.Range("0")})",
            $"{mine.Median / yardstick.Median:0.0}",
            $"{Spread.Of(cpu).Median:0}",
            $"{Spread.Of(awkCpu).Median:0}",
            $"{lines}",
            $"{flows}",
            $"{memory / 1e6:0} MB");
    }

    /// <summary>The binary as people run it, from its start to its last word.</summary>
    private static (double Wall, double Cpu, long Memory, long Flows) Learn(string path, long lines)
    {
        var binary = Path.Combine(AppContext.BaseDirectory, "Postern.Cli");
        var watch = Stopwatch.StartNew();
        using var learn = Process.Start(new ProcessStartInfo(binary, ["learn", path, "--json"]) { RedirectStandardOutput = true })!;
        long memory = 0;
        var text = learn.StandardOutput.ReadToEndAsync();
        while (!learn.WaitForExit(20))
        {
            learn.Refresh();
            memory = learn.HasExited ? memory : Math.Max(memory, learn.PeakWorkingSet64);
        }

        var wall = watch.Elapsed.TotalSeconds;
        var report = JsonNode.Parse(text.Result.Split('\n').First(line => line.StartsWith('{')))!;
        if ((long)report["lines"]!["flow"]! != lines || (double)report["coverage"]!["refused"]! > 0)
        {
            throw new InvalidOperationException($"{report["lines"]!["flow"]} of {lines} lines were read, {report["coverage"]!["refused"]} flows are not covered.");
        }

        return (wall, learn.TotalProcessorTime.TotalSeconds, memory, (long)report["flows"]!);
    }

    private static (double Wall, double Cpu) Awk(string path)
    {
        const string script = "TIMEFORMAT='%U %S'; time awk '{n+=NF} END{print n}' \"$1\"";
        var watch = Stopwatch.StartNew();
        using var awk = Process.Start(new ProcessStartInfo("bash", ["-c", script, "bash", path]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        awk.StandardOutput.ReadToEnd();
        var used = awk.StandardError.ReadToEnd().Split(' ').Sum(seconds => double.Parse(seconds, System.Globalization.CultureInfo.InvariantCulture));
        return (watch.Elapsed.TotalSeconds, used);
    }
}

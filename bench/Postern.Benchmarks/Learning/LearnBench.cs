using System.Diagnostics;
using Postern.Benchmarks.Harness;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Learning.Inference;

namespace Postern.Benchmarks.Learning;

/// <summary>Reading a log and learning from it, beside <c>awk '{n+=NF} END{print n}'</c> on the same file, one after the other, in rounds.</summary>
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
            $"{megabytes} MB of generated log from the page cache, {Rounds} rounds, wall clock; {awk} splits the fields and does nothing else; ours is the whole 'learn', from bytes to rules",
            "",
            "ours MB/s",
            $"{awk} MB/s",
            "ours / awk",
            "ours MB/CPU s",
            $"{awk} MB/CPU s",
            "lines",
            "flows",
            "groups",
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
        FlowTable flows = null!;
        for (var i = 0; i < Rounds; i++)
        {
            var (wall, used) = Awk(path);
            (theirs[i], awkCpu[i]) = (megabytes / wall, megabytes / used);
            var before = Process.GetCurrentProcess().TotalProcessorTime;
            var watch = Stopwatch.StartNew();
            flows = Learn(path, lines);
            ours[i] = megabytes / watch.Elapsed.TotalSeconds;
            cpu[i] = megabytes / (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds;
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
            $"{flows.Flows}",
            $"{flows.Groups}",
            $"{Process.GetCurrentProcess().PeakWorkingSet64 / 1e6:0} MB");
    }

    private static FlowTable Learn(string path, long lines)
    {
        var (names, counts, flows) = (new LogNames(), new LineCounts(), new FlowTable());
        var reader = new LogReader(names, counts, DateTimeOffset.UtcNow, flows.Add);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan))
        {
            var block = new byte[1 << 18];
            for (int read; (read = file.Read(block)) > 0;)
            {
                reader.Feed(block.AsSpan(0, read));
            }
        }

        reader.Complete();
        var report = Learner.Learn(flows, names, counts, new() { Catalogue = new ApplicationCatalogue([]) });
        if (counts[LineKind.Flow] != lines || report.Coverage.Refused > 0)
        {
            throw new InvalidOperationException($"{counts[LineKind.Flow]} of {lines} lines were read, {report.Coverage.Refused} flows are not covered.");
        }

        return flows;
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

using System.Text;
using Postern.Cli.Firewalls;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Learning.Inference;

namespace Postern.Tests.Firewalls;

/// <summary>A log that is read on several processors.</summary>
public class LogReadingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public async Task It_is_the_same_on_any_number_of_processors(int readers)
    {
        foreach (var log in Logs())
        {
            var (expected, one) = Reader();
            one.Feed(log);
            one.Complete();

            var (found, many) = Reader();
            var advanced = 0L;
            await new LogReading(new MemoryStream(log), many, Now, readers, TestContext.Current.CancellationToken).RunAsync(count => advanced += count);
            advanced.ShouldBe(log.Length);
            found.ToString().ShouldBe(expected.ToString());
        }
    }

    /// <summary>Lines of three languages, one of them damaged, around the place where the second part begins.</summary>
    [Fact]
    public async Task A_border_between_parts_may_fall_anywhere()
    {
        const string lines = """
            Nov 26 04:36:25 gate kernel: rule IN=eth0 OUT= SRC=10.0.0.1 DST=192.0.2.1 PROTO=UDP SPT=1 DPT=53 LEN=9
            {"timestamp": "2026-11-26T04:36:25", "oob.in": "eth1", "src_ip": "10.0.0.2", "dest_ip": "192.0.2.2", "ip.protocol": 17, "src_port": 7, "dest_port": 99}
            #Fields: date time action protocol dst-ip src-ip dst-port src-port
            2026-11-26 04:36:59 ALLOW UDP 1.2.3.4 5.6.7.8 1000 53
            Nov 26 04:36:25 gate kernel: rule IN=eth0 OUT= SRC=10.0.0.1 DST=19

            """;
        var text = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat(lines.ReplaceLineEndings("\r\n"), 8)));
        for (var before = 0; before < text.Length / 8; before++)
        {
            byte[] log = [.. Enumerable.Repeat((byte)'x', LogParts.Length - (text.Length / 2) + before), (byte)'\n', .. text];
            var (expected, one) = Reader();
            one.Feed(log);
            one.Complete();
            var (found, many) = Reader();
            await new LogReading(new MemoryStream(log), many, Now, 2, TestContext.Current.CancellationToken).RunAsync(null);
            found.ToString().ShouldBe(expected.ToString(), $"{before}");
        }
    }

    /// <summary>What stands in a part decides how long it takes, so parts are ready in another order than the log's.</summary>
    [Fact]
    public async Task What_is_learnt_does_not_depend_on_who_is_ready_first()
    {
        var text = new StringBuilder();
        for (var i = 0; text.Length < 8_000_000; i++)
        {
            var isSlow = text.Length / LogParts.Length % 3 == 0; // lines of no known shape, so that the next parts are ready first
            text.Append($"Nov 2{i % 7} 04:36:{i % 60:00} gate kernel: rule{(isSlow ? i : 0)} IN=eth{(isSlow ? i : 1)} OUT=eth0 SRC=10.0.{i % 9}.{i % 11} DST=192.0.2.{i * 7 % 200} PROTO=UDP SPT={i * 31 % 65536} DPT={53 + (i % 3)} LEN=9\n");
        }

        var log = Encoding.ASCII.GetBytes(text.ToString());
        var expected = await LearntAsync(log, readers: 1);
        for (var round = 0; round < 4; round++)
        {
            (await LearntAsync(log, readers: 4)).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task A_reading_ends_when_it_is_told_to()
    {
        using var stop = new CancellationTokenSource();
        var log = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("Nov 26 04:36:25 gate sshd[7]: who are you\n", 100_000)));
        var reading = new LogReading(new MemoryStream(log), Reader().Reader, Now, 3, stop.Token);
        await Should.ThrowAsync<OperationCanceledException>(() => reading.RunAsync(_ => stop.Cancel()));
    }

    [Fact]
    public void A_rehearsal_learns_a_rule_from_every_kind_of_line_that_it_reads()
    {
        var lines = LearnRehearsal.Run();
        lines.ShouldContain(line => line.StartsWith("accept  tcp", StringComparison.Ordinal) && line.Contains("port 443", StringComparison.Ordinal));
        lines.ShouldContain(line => line.StartsWith("accept  udp", StringComparison.Ordinal) && line.Contains("port 443", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_cannot_be_read_fails_on_every_processor()
    {
        var reading = new LogReading(new BrokenStream(), Reader().Reader, Now, 3, TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<IOException>(() => reading.RunAsync(null))).Message.ShouldBe("broken");
    }

    /// <summary>Nothing; a few bytes; parts with lines cut anywhere; a line longer than parts are; no end of the last line; a capture.</summary>
    private static IEnumerable<byte[]> Logs()
    {
        yield return [];
        yield return "abc"u8.ToArray();
        var text = new StringBuilder();
        for (var i = 0; text.Length < 3_000_000; i++)
        {
            text.Append($"Nov 26 04:36:25 gate kernel: rule{i % 7} IN=eth{i % 5} OUT= SRC=10.0.{i % 256}.{i % 99} DST=192.0.2.{i % 200} PROTO=UDP SPT={i % 65536} DPT=53 LEN={i % 1000}\n");
            if (i % 4000 == 3999)
            {
                text.Append('x', i % 3 == 0 ? 700_000 : 20_000).Append(i % 2 == 0 ? "\r\n" : "\n\n");
            }
        }

        yield return Encoding.UTF8.GetBytes(text.ToString());
        yield return Encoding.UTF8.GetBytes(text.Append("Nov 26 04:36:25 gate kernel: last IN=e OUT= SRC=1.2.3.4 DST=5.6.7.8 PROTO=UDP SPT=1 DPT=2").ToString());
        yield return [0xD4, 0xC3, 0xB2, 0xA1, .. Encoding.UTF8.GetBytes(text.ToString())];
    }

    private static async Task<string> LearntAsync(byte[] log, int readers)
    {
        var (names, counts, table) = (new LogNames(), new LineCounts(), new FlowTable(maximumGroups: 1000, maximumMaps: 20, recentBits: 12));
        await new LogReading(new MemoryStream(log), new(names, counts, Now, table.Add), Now, readers, TestContext.Current.CancellationToken).RunAsync(null);
        var report = Learner.Learn(table, names, counts, new() { Catalogue = ApplicationCatalogue.Embedded });
        table.Flows.ShouldBeGreaterThan(50_000);
        return $"{LearnJson.Of(report, counts, table)}\n{string.Join('\n', LearnText.Of(report, counts, table))}";
    }

    private static (Findings Findings, LogReader Reader) Reader()
    {
        var findings = new Findings();
        return (findings, new(findings.Names, findings.Counts, Now, (in Sighting sighting) => findings.Text.AppendLine(sighting.Record(findings.Names).ToString())));
    }

    private sealed class Findings
    {
        public LogNames Names { get; } = new();

        public LineCounts Counts { get; } = new();

        public StringBuilder Text { get; } = new();

        public override string ToString() => $"{Counts.Bytes} {string.Join(' ', Enum.GetValues<LineKind>().Select(kind => Counts[kind]))}\n{Text}";
    }

    private sealed class BrokenStream : MemoryStream
    {
        public override int Read(Span<byte> buffer) => throw new IOException("broken");
    }
}

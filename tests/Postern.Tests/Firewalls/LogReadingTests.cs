using System.Text;
using Postern.Cli.Firewalls;
using Postern.Firewalls.Learning;

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
            using var reading = new LogReading(new MemoryStream(log), many, Now, readers, TestContext.Current.CancellationToken);
            var advanced = 0L;
            await reading.RunAsync(null, count => advanced += count);
            advanced.ShouldBe(log.Length);
            found.ToString().ShouldBe(expected.ToString());
        }
    }

    [Fact]
    public async Task What_cannot_be_read_fails_on_every_processor()
    {
        using var reading = new LogReading(new BrokenStream(), Reader().Reader, Now, 3, TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<IOException>(() => reading.RunAsync(null, null))).Message.ShouldBe("broken");
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

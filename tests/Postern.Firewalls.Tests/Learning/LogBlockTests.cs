using System.Text;
using Postern.Firewalls.Learning;
using Postern.Tests.Kit;

namespace Postern.Tests.Learning;

[Collection(nameof(Alone))]
public class LogBlockTests
{
    /// <summary>A reader that has read nothing yet knows no shape of lines: it takes every line apart.</summary>
    [Fact]
    public void Lines_of_a_known_shape_say_what_they_say_to_a_reader_that_knows_none()
    {
        var flows = 0;
        for (ulong seed = 1; seed <= 40; seed++)
        {
            var lines = new RandomLog(seed).Lines(1500, names: 1 + (int)(seed % 5), hasHeadings: false);
            var (alone, together) = (new LogWorld(), new LogWorld());
            foreach (var line in lines)
            {
                var reader = new LogReader(alone.Names, alone.Counts, LogWorld.Now, (in Sighting sighting) => alone.Records.Add(sighting.Record(alone.Names)));
                reader.Feed(RandomLog.Bytes([line], endsOpen: false));
                reader.Complete();
            }

            together.Feed(RandomLog.Bytes(lines, endsOpen: false));
            ShouldBeTheSame(together.End(), alone, seed);
            flows += alone.Records.Count;
        }

        flows.ShouldBeGreaterThan(20_000);
    }

    /// <summary>Every byte of the beginning, and of values that differ, changed, left out or doubled, in a reader that knows the shape.</summary>
    [Theory]
    [InlineData("Nov 26 04:36:25 gate kernel: [ 1234.567890] IN=x rule ACCEPT IN=eth0 OUT=eth1 SRC=10.11.12.13 DST=192.0.2.7 LEN=60 PROTO=UDP SPT=40000 DPT=53 LEN=9", "SRC=")]
    [InlineData("2026-11-26T04:36:25.123456+01:00 gate kernel: [1234.567890] DROPIN=eth0 OUT=eth1 SRC=10.11.12.13 DST=192.0.2.7 PROTO=TCP SPT=40000 DPT=443 RES=0x00 SYN URGP=0", "RES=")]
    [InlineData("{\"timestamp\": \"2026-11-26T04:36:25.123456+0100\", \"src_ip\": \"10.11.12.13\", \"dest_ip\": \"192.0.2.7\", \"ip.protocol\": 17, \"src_port\": 40000, \"dest_port\": 53}", "}")]
    public void A_line_that_is_nearly_like_the_last_ones_says_what_it_says_alone(string line, string until)
    {
        byte[] odd = [.. " 0189.:[]=\"\\,}IN\t"u8, 0x00, 0x1B, 0x7F, 0x80, 0xBA, 0xFF];
        var like = line.Replace("10.11.12.13", "10.1.2.3", StringComparison.Ordinal).Replace("192.0.2.7", "198.51.100.77", StringComparison.Ordinal)
            .Replace("40000", "7", StringComparison.Ordinal).Replace(":25", ":26", StringComparison.Ordinal).Replace("1234", "99", StringComparison.Ordinal);
        var known = Encoding.ASCII.GetBytes($"{line}\n{like}\n{line}\n");
        var (bytes, end, flows) = (Encoding.ASCII.GetBytes(line), line.LastIndexOf(until, StringComparison.Ordinal), 0L);
        for (var at = 0; at <= end; at++)
        {
            foreach (var changed in odd.Select(sign => (byte[])[.. bytes[..at], sign, .. bytes[(at + 1)..]])
                .Concat([[.. bytes[..at], .. bytes[(at + 1)..]], [.. bytes[..at], bytes[at], .. bytes[at..]], [.. bytes[..at], .. "IN=eth7 OUT="u8, .. bytes[at..]], bytes[..at]]))
            {
                var (alone, after) = (new LogWorld(Small()), new LogWorld(Small()));
                alone.Feed([.. changed, (byte)'\n']);
                after.Feed([.. known, .. changed, (byte)'\n', .. bytes, (byte)'\n']);
                alone.End();
                after.End();
                var expected = Enum.GetValues<LineKind>().Select(kind => alone.Counts[kind] + (kind == LineKind.Flow ? 4 : 0));
                Enum.GetValues<LineKind>().Select(kind => after.Counts[kind]).ShouldBe(expected, Encoding.Latin1.GetString(changed));
                after.Records[3..^1].ShouldBe(alone.Records, Encoding.Latin1.GetString(changed));
                after.Records[^1].ShouldBe(after.Records[0]);
                flows += alone.Counts[LineKind.Flow];
            }
        }

        flows.ShouldBeGreaterThan(200);
    }

    /// <summary>Few lines and many in a block, blocks whose columns were named before them, and more names than there is room for.</summary>
    [Theory]
    [InlineData(3)]
    [InlineData(3000)]
    public void Blocks_that_were_read_by_themselves_are_together_the_log(int names)
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var random = new RandomLog(seed);
            var lines = random.Lines(4000, names, hasHeadings: true);
            var (whole, cut) = (new LogWorld(), new LogWorld());
            whole.Feed(RandomLog.Bytes(lines, endsOpen: false));
            LogBlock[] blocks = [new(LogWorld.Now), new(LogWorld.Now), new(LogWorld.Now)];
            for (var from = 0; from < lines.Length;)
            {
                var count = Math.Min(lines.Length - from, 1 + random.Next(random.Next(3) == 0 ? 3 : 900));
                var bytes = RandomLog.Bytes(lines[from..(from + count)], endsOpen: false);
                var block = blocks[random.Next(blocks.Length)]; // any may have read any lines before
                block.Read(bytes);
                cut.Take(block, bytes);
                from += count;
            }

            ShouldBeTheSame(cut.End(), whole.End(), seed);
            cut.Table.Flows.ShouldBe(whole.Table.Flows);
        }
    }

    [Fact]
    public void An_address_has_four_numbers_below_256_and_nothing_else()
    {
        var (random, good) = (new RandomLog(5), 0);
        const string signs = "0123456789.. /a";
        for (var i = 0; i < 20_000; i++)
        {
            var text = random.Next(3) == 0
                ? string.Concat(Enumerable.Range(0, 1 + random.Next(17)).Select(_ => signs[random.Next(signs.Length)])).Replace(" ", "", StringComparison.Ordinal)
                : string.Join('.', Enumerable.Range(0, 4).Select(_ => random.Next(270)));
            var parts = text.Split('.');
            var isAddress = parts.Length == 4 && parts.All(part => part.Length is > 0 and < 4 && part.All(char.IsAsciiDigit) && int.Parse(part) < 256);
            var world = LogWorld.Of($"IN=e OUT= SRC={text} DST=5.6.7.8 PROTO=2");
            world.Counts[LineKind.Flow].ShouldBe(isAddress ? 1 : 0, text);
            good += isAddress ? 1 : 0;
            if (isAddress)
            {
                world.Records[0].Source.GetAddressBytes().ShouldBe(parts.Select(byte.Parse).ToArray(), text);
            }
        }

        good.ShouldBeGreaterThan(5_000);
    }

    private static FlowTable Small() => new(maximumGroups: 64, maximumMaps: 1, recentBits: 6);

    private static void ShouldBeTheSame(LogWorld one, LogWorld other, ulong seed)
    {
        var differs = Enumerable.Range(0, Math.Min(one.Records.Count, other.Records.Count)).FirstOrDefault(i => one.Records[i] != other.Records[i], -1);
        differs.ShouldBe(-1, differs < 0 ? "" : $"seed {seed}: {one.Records[differs]} is not {other.Records[differs]}");
        one.Records.Count.ShouldBe(other.Records.Count);
        one.Counts.Bytes.ShouldBe(other.Counts.Bytes);
        one.Counts.LostLines.ShouldBe(other.Counts.LostLines);
        Enum.GetValues<LineKind>().Select(kind => one.Counts[kind]).ShouldBe(Enum.GetValues<LineKind>().Select(kind => other.Counts[kind]));
        Enumerable.Range(0, LogNames.MaximumCount).Select(id => one.Names[(ushort)id]).ShouldBe(Enumerable.Range(0, LogNames.MaximumCount).Select(id => other.Names[(ushort)id]));
    }
}

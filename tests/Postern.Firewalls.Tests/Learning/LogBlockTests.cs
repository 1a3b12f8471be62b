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

using System.Text;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Learning.Inference;

namespace Postern.Tests.Learning;

/// <summary>A log, read and learnt from.</summary>
internal sealed class LogWorld
{
    public static readonly DateTimeOffset Now = new(2026, 11, 26, 12, 0, 0, TimeSpan.Zero);

    private readonly LogReader _reader;

    public LogWorld(FlowTable? table = null)
    {
        Table = table ?? new();
        _reader = new(Names, Counts, Now, (in Sighting sighting) =>
        {
            Records.Add(sighting.Record(Names));
            Table.Add(sighting);
        });
    }

    public LogNames Names { get; } = new();

    public LineCounts Counts { get; } = new();

    public FlowTable Table { get; }

    public List<FlowRecord> Records { get; } = [];

    public static LogWorld Of(params IEnumerable<string> lines)
    {
        var world = new LogWorld();
        foreach (var line in lines)
        {
            world.Feed(Encoding.UTF8.GetBytes(line + "\n"));
        }

        return world.End();
    }

    /// <summary>The only flow of one line.</summary>
    public static FlowRecord Only(string line)
    {
        var world = Of(line);
        world.Counts[LineKind.Flow].ShouldBe(1, line);
        return world.Records.ShouldHaveSingleItem();
    }

    /// <summary>What became of one line.</summary>
    public static LineKind Kind(string line)
    {
        var world = Of(line);
        world.Counts.Total.ShouldBe(1);
        return Enum.GetValues<LineKind>().Single(kind => world.Counts[kind] == 1);
    }

    public void Feed(ReadOnlySpan<byte> bytes) => _reader.Feed(bytes);

    public void Take(LogBlock block, ReadOnlySpan<byte> lines) => _reader.Take(block, lines);

    public LogWorld End()
    {
        _reader.Complete();
        Table.Flush();
        return this;
    }

    public LearnReport Learn(LearnOptions? options = null) =>
        Learner.Learn(Table, Names, Counts, options ?? new() { Catalogue = new ApplicationCatalogue([]) });
}

using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Learning.Inference;

namespace Postern.Cli.Firewalls;

/// <summary>
/// Learns from the beginning of a long log and throws away what it learnt: meanwhile the rest is read, and when that is done the
/// catalogue is in memory and the code that learns has been compiled.
/// </summary>
internal static class LearnRehearsal
{
    private const int Times = 3; // often enough for what is slow to be compiled anew

    public static void Run(byte[] lines)
    {
        for (var i = 0; i < Times; i++)
        {
            var (names, counts, table) = (new LogNames(), new LineCounts(), new FlowTable(maximumGroups: 4096, maximumMaps: 16, recentBits: 12));
            var reader = new LogReader(names, counts, TimeProvider.System.GetUtcNow(), table.Add);
            reader.Feed(lines);
            reader.Complete();
            var report = Learner.Learn(table, names, counts, new() { Catalogue = ApplicationCatalogue.Embedded });
            LearnJson.Of(report, counts, table);
            _ = LearnText.Of(report, counts, table).Count();
        }
    }
}

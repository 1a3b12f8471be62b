using System.Globalization;
using System.Text;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Learning.Inference;

namespace Postern.Cli.Firewalls;

/// <summary>
/// Learns from a few lines of its own and throws away what it learnt, while the log is read: by then the catalogue is in memory and the
/// code that learns has been compiled.
/// </summary>
internal static class LearnRehearsal
{
    private const int Destinations = 20; // more than are told apart

    public static void Begin()
    {
        if (Environment.ProcessorCount > 1) // on one alone nothing is won
        {
            _ = Task.Run(Run);
        }
    }

    /// <summary>What was learnt, in lines.</summary>
    internal static string[] Run()
    {
        var (names, counts, table) = (new LogNames(), new LineCounts(), new FlowTable(maximumGroups: 4096, maximumMaps: 16, recentBits: 12));
        var reader = new LogReader(names, counts, DateTimeOffset.UnixEpoch, table.Add);
        reader.Feed(Encoding.ASCII.GetBytes(string.Concat(Lines())));
        reader.Complete();
        var report = Learner.Learn(table, names, counts, new() { Catalogue = ApplicationCatalogue.Embedded });
        LearnJson.Of(report, counts, table);
        return [.. LearnText.Of(report, counts, table)];
    }

    private static IEnumerable<string> Lines()
    {
        foreach (var protocol in (string[])["TCP", "UDP"])
        {
            for (var i = 0; i < 3 * Destinations; i++)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"Nov 26 04:36:25 gate kernel: [1.2] rule ACCEPT IN=eth1 OUT=eth0 SRC=192.168.1.{1 + (i % 3)} DST=198.51.100.{i / 3} PROTO={protocol} SPT={32768 + (97 * i)} DPT=443 RES=0x00 SYN URGP=0\n");
            }
        }
    }
}

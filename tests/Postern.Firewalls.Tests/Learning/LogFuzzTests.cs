using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Learning.Inference;
using Postern.Tests.Kit;

namespace Postern.Tests.Learning;

[Collection(nameof(Alone))]
public class LogFuzzTests
{
    [Theory]
    [InlineData("firewall-log")]
    [InlineData("firewall-capture")]
    public void A_million_broken_logs_do_no_harm_and_every_line_is_counted(string corpus)
    {
        var (names, table) = (new LogNames(), new FlowTable(maximumGroups: 512, maximumMaps: 16, recentBits: 10));
        long flows = 0, lines = 0;
        FuzzRun.Run(corpus, input =>
        {
            var counts = new LineCounts();
            var reader = new LogReader(names, counts, LogWorld.Now, (in Sighting sighting) =>
            {
                flows++;
                table.Add(sighting);
            });
            reader.Feed(input[..(input.Length / 2)]);
            reader.Feed(input[(input.Length / 2)..]);
            reader.Complete();
            lines += counts.Total;
        });

        flows.ShouldBeGreaterThan(10_000);
        lines.ShouldBeGreaterThan(flows);
        table.Flush();
        (table.Flows + table.Repeats + table.Answers).ShouldBe(flows);
        table.Groups.ShouldBeLessThanOrEqualTo(640);
        Learner.Learn(table, names, new(), new() { Catalogue = new ApplicationCatalogue([]) }).Coverage.Flows.ShouldBeGreaterThan(0);
    }
}

using Postern.Firewalls.Learning;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Learning;

public class FlowTableTests
{
    /// <summary>One port to all of them: in place, as bits, and every way of asking for them.</summary>
    [Fact]
    public void The_ports_of_a_group_are_those_that_were_seen_however_they_are_kept()
    {
        for (ulong seed = 1; seed <= 300; seed++)
        {
            var random = new RandomLog(seed);
            var (from, within) = (random.Next(60_000), 1 + random.Next(random.Next(2) == 0 ? 60 : 5000));
            ushort[] ports = [.. Enumerable.Range(0, 1 + random.Next(seed % 3 == 0 ? 3000 : 12)).Select(_ => (ushort)(from + random.Next(within))), .. seed % 4 == 0 ? (ushort[])[0, 65535] : []];
            var (kept, seen) = (Ports(ports), PortSet.Of(ports.Select(port => new PortRange(port, port))));
            var other = PortSet.Of(Enumerable.Range(0, 1 + random.Next(20)).Select(_ => random.Next(65_000)).Select(first => new PortRange((ushort)first, (ushort)(first + random.Next(500)))));

            kept.Count.ShouldBe(seen.Count);
            kept.Intersect(other).ShouldBe(seen.Intersect(other));
            other.Intersect(kept).ShouldBe(seen.Intersect(other));
            kept.Except(other).ShouldBe(seen.Except(other));
            other.Except(kept).ShouldBe(other.Except(seen));
            kept.Union(other).ShouldBe(seen.Union(other));
            kept.Contains(other).ShouldBe(seen.Contains(other));
            other.Contains(kept).ShouldBe(other.Contains(seen));
            kept.Contains(kept.Intersect(other)).ShouldBeTrue();
            kept.Equals(Ports(ports)).ShouldBeTrue();
            kept.Equals(Ports([.. ports, 7])).ShouldBe(seen.Contains(7));
            kept.Ranges.ShouldBe(seen.Ranges);
            kept.GetHashCode().ShouldBe(seen.GetHashCode());
            kept.ToString().ShouldBe(seen.ToString());
        }
    }

    [Fact]
    public void What_was_read_stays_as_it_was_when_more_comes()
    {
        var (table, names) = (new FlowTable(), new LogNames());
        Add(table, [.. Enumerable.Range(40_000, 100).Select(port => (ushort)port)]);
        var before = table.Read(names).Single();
        Add(table, [50_000]);
        var after = table.Read(names).Single();

        before.SourcePorts.Count.ShouldBe(100);
        before.SourcePorts.ToString().ShouldBe("40000-40099");
        after.SourcePorts.ToString().ShouldBe("40000-40099,50000");
        (before.Count, after.Count).ShouldBe((100, 101));
    }

    private static PortSet Ports(ushort[] ports)
    {
        var table = new FlowTable();
        Add(table, ports);
        return table.Read(new()).Single().SourcePorts;
    }

    private static void Add(FlowTable table, ushort[] ports)
    {
        foreach (var port in ports)
        {
            table.Add(new() { At = Sighting.NoTime, Protocol = IpProtocol.Udp, Source = 1, Destination = 2, SourcePort = port, DestinationPort = 53 });
        }
    }
}

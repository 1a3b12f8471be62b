using Postern.Lab.Boxes;
using Postern.Protocol.Nat;
using static Postern.Tests.Boxes.BoxBench;

namespace Postern.Tests.Boxes;

/// <summary>Rules of a NAT that meet: each keeps its word beside the other.</summary>
public class MeetingRulesTests
{
    private const NatDependence ByPort = NatDependence.AddressAndPortDependent;

    /// <summary>A subscriber at its limit loses its own mapping that was idle longest, and nobody else does.</summary>
    [Fact]
    public void A_subscriber_s_limit_evicts_too_where_the_box_evicts()
    {
        var bench = new BoxBench(new() { Limits = new() { PerSubscriber = 2, WhenFull = TableFullRule.EvictOldest } });
        var neighbours = bench.Out(Neighbour with { Port = 9 }, Server).Outer;
        bench.Wait(1);
        var first = bench.Out(Inner, Server).Outer;
        bench.Wait(1);
        var second = bench.Out(Inner with { Port = 2 }, Server).Outer;
        bench.Out(Inner with { Port = 3 }, Server).Reason.ShouldBe(DropReason.None);
        bench.In(Server, first).Reason.ShouldBe(DropReason.NoMapping);
        bench.In(Server, second).Reason.ShouldBe(DropReason.None);
        bench.In(Server, neighbours).Reason.ShouldBe(DropReason.None);
    }

    /// <summary>Of several that share a port, the one that was idle longest goes, wherever it stands.</summary>
    [Fact]
    public void Among_those_that_share_a_port_the_idle_one_is_evicted()
    {
        var bench = new BoxBench(new() { Overloads = true, Limits = new() { Table = 2, WhenFull = TableFullRule.EvictOldest } });
        var outer = bench.Out(Inner, Server).Outer;
        bench.Wait(1);
        bench.Out(Neighbour, OtherHost).Outer.ShouldBe(outer);
        bench.Wait(1);
        bench.Out(Neighbour with { Port = 7 }, OtherHost);
        bench.In(Server, outer).Reason.ShouldBe(DropReason.Filtered, "the first one's mapping is gone");
        bench.In(OtherHost, outer).Inner.ShouldBe(Neighbour);
    }

    [Theory]
    [InlineData(PortRuleKind.Step, ClashRule.Random, 0)]
    [InlineData(PortRuleKind.Kept, ClashRule.Next, 1)]
    [InlineData(PortRuleKind.Offset, ClashRule.Next, 0)]
    [InlineData(PortRuleKind.Offset, ClashRule.Random, 0)]
    public void Parity_is_kept_under_every_rule(PortRuleKind rule, ClashRule onClash, double taken)
    {
        var bench = new BoxBench(new() { Mapping = ByPort, KeepsParity = true, Ports = new() { Rule = rule, Step = 1, Offset = 101, Taken = taken, OnClash = onClash } });
        var even = Enumerable.Range(1, 20).Select(port => (int)bench.Out(Inner, Server with { Port = (ushort)port }).Outer.Port).ToArray();
        var odd = Enumerable.Range(1, 20).Select(port => (int)bench.Out(Inner with { Port = 5001 }, Server with { Port = (ushort)port }).Outer.Port).ToArray();
        even.ShouldAllBe(port => port % 2 == 0);
        odd.ShouldAllBe(port => port % 2 == 1);
    }

    /// <summary>Who was let in by an open filter is answered from the port that it wrote to, where the box uses one port for many.</summary>
    [Theory]
    [InlineData(NatDependence.EndpointIndependent)]
    [InlineData(NatDependence.AddressDependent)]
    public void A_shared_port_answers_whom_its_filter_has_let_in(NatDependence filtering)
    {
        var bench = new BoxBench(new() { Mapping = ByPort, Filtering = filtering, Overloads = true });
        var outer = bench.Out(Inner, Server).Outer;
        bench.In(OtherPort, outer).Inner.ShouldBe(Inner);
        bench.Out(Inner, OtherPort).Outer.ShouldBe(outer);
        bench.Out(Neighbour, OtherPort).Outer.ShouldNotBe(outer, "that would be another's");
    }
}

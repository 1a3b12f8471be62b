using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Tests.Nat;

/// <summary>A report is older than the call: what a server has just seen corrects it.</summary>
public class FreshSampleTests
{
    [Theory]
    [InlineData(40970, 40960)]
    [InlineData(42000, 41984)]
    [InlineData(2047, 1536)]
    public void An_aligned_block_moves_to_where_the_port_lies(int port, int start)
    {
        var moved = new PortRule { Kind = PortRuleKind.Block, BlockStart = 40960, BlockSize = 512 }.Seeing(port);
        (moved.BlockStart, moved.BlockSize).ShouldBe((start, 512));
    }

    [Fact]
    public void A_block_that_is_not_aligned_may_begin_on_either_side()
    {
        var moved = new PortRule { Kind = PortRuleKind.Block, BlockStart = 40001, BlockSize = 200 }.Seeing(50_000);
        (moved.BlockStart, moved.BlockStart + moved.BlockSize - 1).ShouldBe((49_800, 50_200));
        new PortRule { Kind = PortRuleKind.Block, BlockStart = 40001, BlockSize = 2000 }.Seeing(65_000).ShouldSatisfyAllConditions(
            rule => (rule.BlockStart + rule.BlockSize - 1).ShouldBe(65_535),
            rule => rule.BlockStart.ShouldBe(63_000));
    }

    [Fact]
    public void A_range_becomes_wider()
    {
        var range = new PortRule { Kind = PortRuleKind.Random, BlockStart = 20_000, BlockSize = 10_000 };
        range.Seeing(35_000).ShouldSatisfyAllConditions(rule => rule.BlockStart.ShouldBe(20_000), rule => rule.BlockSize.ShouldBe(15_001));
        range.Seeing(10_000).ShouldSatisfyAllConditions(rule => rule.BlockStart.ShouldBe(10_000), rule => rule.BlockSize.ShouldBe(20_000));
        range.Seeing(25_000).ShouldBe(range);
    }

    [Fact]
    public void A_counter_is_where_it_is()
    {
        var step = new PortRule { Kind = PortRuleKind.Step, Delta = 1 };
        step.Seeing(3).ShouldBe(step);
    }

    [Fact]
    public void Another_outer_address_is_believed_unless_it_is_one_of_a_pool()
    {
        var report = new NatReport { Family = IpFamily.V4, IsTranslated = true, Mapped = Endpoint.Parse("198.51.100.1:4000"), MappedAddresses = 1 };
        var other = Endpoint.Parse("198.51.100.9:4001");
        report = report with { Ports = new() { Kind = PortRuleKind.Step, Delta = 1, Samples = [new(5000, Endpoint.Parse("192.0.2.1:3478"), report.Mapped)] } };
        report.Seeing(other).Mapped.ShouldBe(other);
        report.Seeing(other).Ports.Samples.ShouldBeEmpty("nobody is sent to the earlier address, which may be a stranger's by now");
        report.Seeing(report.Mapped).Ports.Samples.ShouldHaveSingleItem();
        (report with { MappedAddresses = 2 }).Seeing(other).Mapped.ShouldBe(report.Mapped);
        (report with { IsTranslated = false }).Seeing(other).Mapped.ShouldBe(report.Mapped);
        report.Seeing(Endpoint.Parse("[2001:db8::1]:4001")).Mapped.ShouldBe(report.Mapped);
    }
}

using Postern.Lab.Predicate.Cells;
using Postern.Protocol.Probing;

namespace Postern.Tests.Prediction;

/// <summary>
/// What prediction is to achieve, over 200 worlds a cell: 40 ms between the hosts and from each to the server, there and back,
/// 1 % loss on each home's line, and every guard of the catalogue watching both homes.
/// </summary>
public class CellTests
{
    private const int Worlds = 200;

    [Theory]
    [InlineData("offset-30000", "linux", 1.0, 1)]
    [InlineData("offset-30000-symmetric", "linux", 1.0, 1)]
    [InlineData("offset-30000-symmetric", "offset-30000-symmetric", 1.0, 1)]
    [InlineData("sequential-5", "linux", 0.99, 1)]
    [InlineData("linux", "sequential-5", 0.99, 1)]
    [InlineData("sequential-20", "full-cone", 0.99, 1)]
    [InlineData("sequential-20", "port-restricted", 0.99, 1)]
    [InlineData("sequential-35", "linux", 0.99, 1)]
    [InlineData("offset-30000", "sequential-35", 0.99, 1)]
    [InlineData("sequential-100", "linux", 0.97, 5)]
    [InlineData("linux", "sequential-100", 0.97, 5)]
    [InlineData("firewall-1", "linux", 0.99, 1)]
    [InlineData("step-down", "linux", 0.99, 1)]
    [InlineData("step-2", "linux", 0.99, 1)]
    [InlineData("sequential-5", "sequential-5", 0.98, 5)]
    [InlineData("step-down", "step-2", 0.98, 5)]
    [InlineData("sequential-5", "sequential-100", 0.98, 5)]
    [InlineData("sequential-100", "sequential-5", 0.98, 5)]
    [InlineData("block-512", "port-restricted", 0.95, 6)]
    [InlineData("linux", "block-512", 0.95, 6)]
    [InlineData("block-1024", "port-restricted", 0.93, 6)]
    [InlineData("linux", "block-1024", 0.93, 6)]
    [InlineData("random", "address-restricted", 1.0, 1)]
    [InlineData("random", "full-cone", 1.0, 1)]
    public void Politely_so_many_become_direct_so_soon_and_no_guard_alarms(string one, string other, double share, double seconds)
    {
        var figures = Reach(one, other, ProbeMode.Polite, share, seconds);
        figures.Alarms.ShouldBeEmpty(figures.ToString());
    }

    [Theory]
    [InlineData("sequential-20", "sequential-20", ProbeMode.Fast, 0.99, 1.5)]
    [InlineData("random", "port-restricted", ProbeMode.Fast, 0.95, 11)]
    [InlineData("linux", "linux-random", ProbeMode.Fast, 0.95, 11)]
    [InlineData("block-2048", "port-restricted", ProbeMode.Bold, 0.95, 15)]
    [InlineData("block-512", "block-512", ProbeMode.Fast, 0.15, 25)]
    public void With_more_leave_so_many_become_direct_so_soon(string one, string other, ProbeMode mode, double share, double seconds) =>
        Reach(one, other, mode, share, seconds);

    [Theory]
    [InlineData("random", "random", ProbeMode.Polite)]
    [InlineData("random", "random", ProbeMode.Fast)]
    [InlineData("random", "linux", ProbeMode.Polite)]
    [InlineData("carrier-over-home", "carrier-over-home", ProbeMode.Polite)]
    public void What_is_not_worth_it_is_relayed_at_once_and_no_probe_is_wasted(string one, string other, ProbeMode mode)
    {
        var figures = CellRun.Run(new(one, other, mode), 50);
        figures.Direct.ShouldBe(0, figures.ToString());
        figures.Foretold.ShouldBeLessThan(0.01);
        figures.Endpoints!.P95.ShouldBeLessThanOrEqualTo(6, "the ordinary checks of both sides, no more");
        figures.Alarms.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("sequential-5", "linux")]
    [InlineData("sequential-5", "sequential-5")]
    [InlineData("block-512", "linux")]
    public void Quietly_no_guard_alarms_either(string one, string other) => CellRun.Run(new(one, other, ProbeMode.Quiet), 50).Alarms.ShouldBeEmpty();

    [Fact]
    public void The_same_plan_without_a_budget_alarms_every_guard()
    {
        var alarmed = new[] { "random", "block-512" }.SelectMany(box =>
            CellRun.Run(new(box, "linux", ProbeMode.Fast), 10, change: pair => pair with { Budget = () => new NoBudget() }).Alarms.Keys).ToHashSet();
        alarmed.ShouldBe(["crowdsec", "juniper", "palo-alto", "psd", "snort-medium", "zeek"], ignoreOrder: true);
    }

    private static CellFigures Reach(string one, string other, ProbeMode mode, double share, double seconds)
    {
        var figures = CellRun.Run(new(one, other, mode), Worlds);
        figures.Share.ShouldBeGreaterThanOrEqualTo(share, figures.ToString());
        figures.DirectAfter!.P95.ShouldBeLessThanOrEqualTo(seconds, figures.ToString());
        return figures;
    }
}

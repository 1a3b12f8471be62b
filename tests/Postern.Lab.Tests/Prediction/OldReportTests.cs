using Postern.Lab.Predicate.Cells;
using Postern.Protocol.Nat;
using Postern.Protocol.Probing;

namespace Postern.Tests.Prediction;

/// <summary>Reports are kept for hours; what a call sees of the NAT right before it punches counts more.</summary>
public class OldReportTests
{
    private const int Worlds = 40;

    [Theory]
    [InlineData("block-512", "linux")]
    [InlineData("linux", "block-512")] // the callee has looked at nothing when it makes the plan
    public void A_block_that_has_moved_since_the_report_is_found(string one, string other)
    {
        Direct(one, other, ProbeMode.Polite, report => report with { Ports = Elsewhere(report.Ports) }).ShouldBeGreaterThan(Worlds * 9 / 10);
    }

    [Fact]
    public void A_network_that_was_quiet_in_the_report_and_is_busy_now_is_followed()
    {
        Direct("sequential-20", "sequential-20", ProbeMode.Fast, report => report with { Ports = report.Ports with { ForeignMappings = 0, WatchedMilliseconds = 4000 } })
            .ShouldBeGreaterThan(Worlds * 9 / 10);
    }

    [Fact]
    public void A_counter_of_which_the_report_says_nothing_is_followed()
    {
        Direct("sequential-20", "sequential-20", ProbeMode.Fast, report => report with { Ports = report.Ports with { ForeignMappings = 0, WatchedMilliseconds = 0 } })
            .ShouldBeGreaterThan(Worlds * 9 / 10);
    }

    private static int Direct(string one, string other, ProbeMode mode, Func<NatReport, NatReport> remembered) =>
        CellRun.Run(new(one, other, mode), Worlds, change: pair => pair with { Remembered = remembered }).Direct;

    private static PortRule Elsewhere(PortRule ports) => ports.Kind != PortRuleKind.Block ? ports : ports with
    {
        BlockStart = ports.BlockStart > 32768 ? ports.BlockStart - 8192 : ports.BlockStart + 8192,
        Samples = [],
    };
}

using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Nat;

public class NatProberTests
{
    private static readonly NatDependence[] Behaviours =
        [NatDependence.EndpointIndependent, NatDependence.AddressDependent, NatDependence.AddressAndPortDependent];

    private static readonly NatBoxOptions[] Rules =
    [
        new() { Ports = PortRuleKind.Kept },
        new() { Ports = PortRuleKind.Offset, Delta = 1000 },
        new() { Ports = PortRuleKind.Offset, Delta = -21 },
        new() { Ports = PortRuleKind.Step, Delta = 1 },
        new() { Ports = PortRuleKind.Step, Delta = 2 },
        new() { Ports = PortRuleKind.Step, Delta = -1 },
        new() { Ports = PortRuleKind.Step, Delta = -4 },
        new() { Ports = PortRuleKind.Block, BlockStart = 4096, BlockSize = 512 },
        new() { Ports = PortRuleKind.Block, BlockStart = 20480, BlockSize = 2048 },
        new() { Ports = PortRuleKind.Random },
    ];

    public static TheoryData<int, double> AllRulesAndLosses => [.. Rules.SelectMany((_, i) => new[] { (i, 0.0), (i, 0.1) })];

    [Theory]
    [MemberData(nameof(AllRulesAndLosses))]
    public void The_report_equals_the_box_for_every_mapping_filtering_hairpin_and_port_rule(int rule, double loss)
    {
        var longest = 0.0;
        for (ulong seed = 1; seed <= (loss == 0 ? 2u : 4u); seed++)
        {
            foreach (var (mapping, filtering, hairpin) in Combinations())
            {
                var box = Rules[rule] with { Mapping = mapping, Filtering = filtering, Hairpin = hairpin };
                var world = new ProberWorld(seed) { Loss = loss / 2 }.Behind(box).With(ProberWorld.TwoAddresses());
                var report = world.MeasureOne();
                ShouldDescribe(report, box, $"{box} seed {seed} loss {loss}");
                world.OpenSockets.ShouldBe(0);
                longest = Math.Max(longest, report.TookMilliseconds);
            }
        }

        longest.ShouldBeLessThan(loss == 0 ? 2000 : 6000);
    }

    private static IEnumerable<(NatDependence, NatDependence, NatHairpin)> Combinations() =>
        from mapping in Behaviours
        from filtering in Behaviours
        from hairpin in new[] { NatHairpin.No, NatHairpin.Yes, NatHairpin.YesFromInside }
        select (mapping, filtering, hairpin);

    private static void ShouldDescribe(NatReport report, NatBoxOptions box, string which)
    {
        report.UdpBlocked.ShouldBeFalse(which);
        report.IsTranslated.ShouldBeTrue(which);
        report.Mapped.Address.ShouldBe(box.Outer, which);
        report.MappedAddresses.ShouldBe(1, which);
        report.Mapping.ShouldBe(box.Mapping, which);
        report.Filtering.ShouldBe(box.Filtering, which);
        report.Hairpin.ShouldBe(Expected(box), which);
        var isMoved = box.Mapping != NatDependence.EndpointIndependent && box.Ports is PortRuleKind.Kept or PortRuleKind.Offset;
        report.Ports.Kind.ShouldBe(isMoved ? PortRuleKind.Random : box.Ports, which); // the box's second mappings are random
        report.Ports.Samples.Count.ShouldBe(isMoved ? 16 : 8, which);
        if (!isMoved)
        {
            report.Ports.Delta.ShouldBe(box.Delta, which);
        }

        if (box.Ports == PortRuleKind.Block)
        {
            (report.Ports.BlockStart, report.Ports.BlockSize).ShouldBe((box.BlockStart, box.BlockSize), which);
        }

        report.Unknowns.ShouldBe(report.Hairpin == NatHairpin.Unknown ? [new(NatAspect.Hairpin, NatDoubt.MappingMoves)] : [], which);
    }

    // What can be seen of it: where each target gets a mapping of its own, a neighbour gets in only past an open filter.
    private static NatHairpin Expected(NatBoxOptions box) =>
        box.Mapping == NatDependence.EndpointIndependent || box.Filtering == NatDependence.EndpointIndependent ? box.Hairpin : NatHairpin.Unknown;
}

using Postern.Lab.Boxes;
using Postern.Lab.Namespaces.Kernel;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;

namespace Postern.Lab.Predicate;

/// <summary>What samples may show of a NAT, and how often: what peers try goes by that, and here the odds are means over it.</summary>
internal static class Shown
{
    /// <summary>Sets of samples that are drawn: one in two hundred.</summary>
    public const int Sets = 200;

    public const int Samples = NatProberOptions.UsualSamples;
    private const int LowestPort = 1024;
    private const double MuchLess = 0.6; // as the rule finder has it

    public static readonly Endpoint Inner = Endpoint.Parse("192.0.2.1:5000");
    public static readonly Endpoint Server = Endpoint.Parse("192.0.2.2:3478");

    /// <summary>What each set of samples shows of a NAT that draws or counts its ports, where it hides that; null in place of those that do not.</summary>
    /// <param name="nat">That decides on the ports; null where nothing translates.</param>
    /// <param name="truth">What there is to be seen.</param>
    public static NatReport?[] Hidden(NatRules? nat, NatReport truth) =>
        nat is null || PortClasses.Of(truth) is not (PortClass.Draws or PortClass.Counts) ? new NatReport?[Sets]
        : nat.Ports.Rule == PortRuleKind.Step ? InSets(nat.Ports.Step, luck => ShownCounter.Of(nat, truth, luck))
        : nat is { Ports: { Rule: PortRuleKind.Kept or PortRuleKind.Offset } ports } ? InSets(ports.Offset, luck => OfFirst(ports, truth, luck))
        : nat.Overloads && truth.Mapping == NatDependence.AddressDependent ? InSets(truth.Ports.BlockSize, luck => luck.Happens(1.0 / truth.Ports.BlockSize) ? truth with { Mapping = NatDependence.EndpointIndependent } : null) // two destinations happened to get the same port
        : new NatReport?[Sets];

    /// <summary>What peers conclude from so many sets of samples, each equally likely; the same for the same ports.</summary>
    public static IEnumerable<NatReport> Of(NatReport truth)
    {
        var measured = truth.AsMeasured();
        return PortClasses.Of(measured) == PortClass.Draws ? Drawn(measured) : Enumerable.Repeat(measured, Sets);
    }

    private static NatReport?[] InSets(int seed, Func<IRandom, NatReport?> show)
    {
        var luck = new LabRandom((ulong)seed);
        return [.. Enumerable.Range(0, Sets).Select(_ => show(luck))];
    }

    /// <summary>
    /// The first mappings of new sockets may look as if each kept its port, or all were shifted, and of their next ones, which are drawn,
    /// nobody knows from where; or all that were asked were drawn, and so the range of those that are kept does not show.
    /// </summary>
    private static NatReport? OfFirst(PortAssignment ports, NatReport truth, IRandom luck) => PortRuleFinder.Find([.. Enumerable.Range(0, Samples).Select(_ => FirstOf(ports, luck))]) switch
    {
        { Kind: PortRuleKind.Kept or PortRuleKind.Offset } => truth with { Ports = new() { Kind = PortRuleKind.Random } },
        { BlockSize: > 0 } found when found.BlockSize < MuchLess * truth.Ports.BlockSize => truth with { Ports = found with { Samples = [] } },
        _ => null,
    };

    private static PortSample FirstOf(PortAssignment ports, IRandom luck)
    {
        var inner = luck.Next(BoxTruth.DynamicPorts.First, BoxTruth.DynamicPorts.First + BoxTruth.DynamicPorts.Count);
        var kept = ports.Rule == PortRuleKind.Offset ? inner + ports.Offset : inner;
        var port = !luck.Happens(ports.Taken) ? kept : ports.OnClash == ClashRule.Next ? kept + 1 : luck.Next(ports.First, ports.Last + 1);
        return new((ushort)inner, Server, Inner with { Port = (ushort)(port <= ports.Last ? port : port - (ports.Last - ports.First + 1)) });
    }

    private static IEnumerable<NatReport> Drawn(NatReport measured)
    {
        var luck = new LabRandom((ulong)measured.Ports.BlockSize);
        for (var set = 0; set < Sets; set++)
        {
            var (first, size) = (First(measured.Ports, luck), measured.Ports.BlockSize);
            var samples = Enumerable.Range(0, Samples).Select(_ => new PortSample(Inner.Port, Server, Inner with { Port = (ushort)(first + luck.Next(0, size)) }));
            yield return measured with { Ports = PortRuleFinder.Find([.. samples]) with { Samples = [] } };
        }
    }

    /// <summary>A subscriber may have any block; where it lies decides on what sizes it may be taken for.</summary>
    private static int First(PortRule ports, IRandom luck) =>
        ports.Kind == PortRuleKind.Block ? ports.BlockSize * luck.Next((LowestPort + ports.BlockSize - 1) / ports.BlockSize, (ushort.MaxValue + 1) / ports.BlockSize) : ports.BlockStart;
}

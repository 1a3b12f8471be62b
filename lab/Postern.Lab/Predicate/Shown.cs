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

    private const int Samples = NatProberOptions.UsualSamples;
    private const double SampleSpacing = 0.005; // seconds
    private const int LowestPort = 1024;

    private static readonly Endpoint Inner = Endpoint.Parse("192.0.2.1:5000");
    private static readonly Endpoint Server = Endpoint.Parse("192.0.2.2:3478");

    /// <summary>What samples show of a NAT that draws or counts its ports, where they hide that, and how often they do; null where they cannot.</summary>
    /// <param name="nat">That decides on the ports; null where nothing translates.</param>
    /// <param name="truth">What there is to be seen.</param>
    public static (NatReport Report, double Share)? Hidden(NatRules? nat, NatReport truth) =>
        nat is null || PortClasses.Of(truth) is not (PortClass.Draws or PortClass.Counts) ? null
        : nat.Ports.Rule == PortRuleKind.Step ? (truth with { Ports = new() { Kind = PortRuleKind.Random } }, Share(luck => IsTooFast(nat, luck), nat.Ports.Step))
        : nat is { Ports: { Rule: PortRuleKind.Kept or PortRuleKind.Offset } ports } ? (truth with { Ports = new() { Kind = PortRuleKind.Random } }, Share(luck => IsKeptInFirst(ports, luck), ports.Offset)) // a socket's next ones are drawn, nobody knows from where
        : nat.Overloads && truth.Mapping == NatDependence.AddressDependent ? (truth with { Mapping = NatDependence.EndpointIndependent }, 1.0 / truth.Ports.BlockSize) // two destinations happened to get the same port
        : null;

    /// <summary>What peers conclude from so many sets of samples, each equally likely; the same for the same ports.</summary>
    public static IEnumerable<NatReport> Of(NatReport truth)
    {
        var measured = truth.AsMeasured();
        return PortClasses.Of(measured) == PortClass.Draws ? Drawn(measured) : Enumerable.Repeat(measured, Sets);
    }

    private static double Share(Func<IRandom, bool> isHidden, int seed)
    {
        var luck = new LabRandom((ulong)seed);
        return Enumerable.Range(0, Sets).Count(_ => isHidden(luck)) / (double)Sets;
    }

    /// <summary>Whether the first mappings of new sockets look as if each kept its port, or all were shifted.</summary>
    private static bool IsKeptInFirst(PortAssignment ports, IRandom luck) =>
        PortRuleFinder.Find([.. Enumerable.Range(0, Samples).Select(_ => FirstOf(ports, luck))]).Kind is PortRuleKind.Kept or PortRuleKind.Offset;

    /// <summary>Whether other hosts take so many ports from one sample to the next that no step shows.</summary>
    private static bool IsTooFast(NatRules nat, IRandom luck)
    {
        var (first, size) = (nat.Ports.First, nat.Ports.Last - nat.Ports.First + 1);
        var port = luck.Next(0, size);
        return PortRuleFinder.Find([.. Enumerable.Range(0, Samples).Select(_ => Next())]).Kind != PortRuleKind.Step;

        PortSample Next()
        {
            port = (port + (nat.Ports.Step * (1 + luck.Poisson(nat.CrossTraffic * SampleSpacing) % size)) + (size * Math.Abs(nat.Ports.Step))) % size;
            return new(Inner.Port, Server, Inner with { Port = (ushort)(first + port) });
        }
    }

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

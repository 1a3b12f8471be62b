using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>Draws a family's report from what its probe has found.</summary>
internal static class ReportConclusion
{
    public static NatReport Of(ProbeFindings findings, IpFamily family, string network, bool isTimeUp)
    {
        var mapping = MappingConclusion.Of(findings);
        var filtering = FilteringConclusion.Of(findings);
        var hairpin = HairpinConclusion.Of(findings, mapping, filtering);
        var ports = CrossTrafficConclusion.Of(findings, mapping, Ports(findings));
        var mapped = findings.First is { IsAnswered: true } first ? first.Mapped : Endpoint.None;
        var local = findings.First?.Source ?? Endpoint.None;
        return new()
        {
            Family = family,
            Local = local,
            Mapped = mapped,
            MappedAddresses = findings.Seen.Concat(findings.Samples).Select(e => e.Mapped.Address).Distinct().Count(),
            UdpBlocked = findings.First is not null && !findings.IsReached,
            IsTranslated = findings.IsTranslated,
            Mapping = mapping,
            Filtering = filtering,
            Ports = ports,
            Hairpin = hairpin,
            Unknowns = [.. Unknowns(findings, mapping, filtering, hairpin, ports, isTimeUp)],
            Identity = NatReport.IdentityOf(network, family, local.Address, mapped.Address),
        };
    }

    /// <summary>Where mappings depend on the target but first mappings keep their ports, the second mappings show the rule that matters.</summary>
    public static PortRule Ports(ProbeFindings findings)
    {
        var first = PortRuleFinder.Find(ToSamples(findings.FirstSamples));
        if (findings.SecondSamples.Count == 0)
        {
            return first;
        }

        var all = PortRuleFinder.Find([.. ToSamples(findings.FirstSamples), .. ToSamples(findings.SecondSamples)]);
        var found = KeepsPortElsewhere(findings) ? PortRuleFinder.Shift(first.Samples)
            : first.Kind is PortRuleKind.Kept or PortRuleKind.Offset ? Boundless(PortRuleFinder.Find(ToSamples(findings.SecondSamples)))
            : first.Kind == PortRuleKind.Step ? first // the same socket's next mapping is no new one everywhere
            : all;
        return found with { Samples = all.Samples };
    }

    /// <summary>A range that only a socket's second mapping comes from is no range in which a fan of new sockets would lie.</summary>
    private static PortRule Boundless(PortRule rule) => rule.Kind is PortRuleKind.Block or PortRuleKind.Random ? rule with { BlockStart = 0, BlockSize = 0 } : rule;

    /// <summary>The same port at another address for the next target: it goes by the socket, even where a shift turns round the end of all ports and looks like no rule.</summary>
    private static bool KeepsPortElsewhere(ProbeFindings findings)
    {
        var moved = findings.FirstSamples.Zip(findings.SecondSamples).Where(two => two is { First.IsAnswered: true, Second.IsAnswered: true } && two.First.Mapped.Address != two.Second.Mapped.Address).ToArray();
        return moved.Length > 0 && 4 * moved.Count(two => two.First.Mapped.Port == two.Second.Mapped.Port) >= 3 * moved.Length;
    }

    private static List<PortSample> ToSamples(IEnumerable<ProbeExchange> exchanges) =>
        [.. exchanges.Where(e => e.IsAnswered).Select(e => new PortSample(e.Source.Port, e.Destination, e.Mapped, e.Transmissions > 1))];

    private static IEnumerable<NatUnknown> Unknowns(
        ProbeFindings findings, NatDependence mapping, NatDependence filtering, NatHairpin hairpin, PortRule ports, bool isTimeUp)
    {
        if (!findings.IsReached)
        {
            var doubt = findings.First is null ? NatDoubt.NoSocket : isTimeUp ? NatDoubt.TimeUp : NatDoubt.NoAnswer;
            return Enum.GetValues<NatAspect>().Select(aspect => new NatUnknown(aspect, doubt));
        }

        IEnumerable<NatUnknown> unknowns =
        [
            .. MappingConclusion.Doubts(findings, mapping).Select(d => new NatUnknown(NatAspect.Mapping, d)),
            .. FilteringConclusion.Doubts(findings, filtering).Select(d => new NatUnknown(NatAspect.Filtering, d)),
            .. ports.Kind == PortRuleKind.Unknown ? [new NatUnknown(NatAspect.Ports, NatDoubt.TooFewSamples)] : Array.Empty<NatUnknown>(),
            .. HairpinConclusion.Doubts(findings, hairpin).Select(d => new NatUnknown(NatAspect.Hairpin, d)),
        ];
        return isTimeUp ? unknowns.Select(u => u with { Doubt = NatDoubt.TimeUp }).Distinct() : unknowns;
    }
}

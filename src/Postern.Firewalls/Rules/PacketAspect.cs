namespace Postern.Firewalls.Rules;

/// <summary>Packets of one family and protocol from one zone to another.</summary>
/// <param name="From">Where from.</param>
/// <param name="To">Where to.</param>
/// <param name="Version">Their family.</param>
/// <param name="Protocol">Their protocol; <see cref="IpProtocol.Any"/> stands for every protocol that is not an aspect of its own.</param>
internal sealed record PacketAspect(Zone From, Zone To, IpVersion Version, IpProtocol Protocol)
{
    private static readonly IpProtocol[] OfAnyRule = [IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.UdpLite, IpProtocol.Icmp, IpProtocol.Icmp6, IpProtocol.Any];

    private static readonly Span128 NoPort = new(0, 0);

    /// <summary>Every aspect that some rule may be about.</summary>
    public static IEnumerable<PacketAspect> Of(params IReadOnlyList<Policy> policies)
    {
        var zones = policies.SelectMany(policy => policy.Zones).DistinctBy(zone => zone.Name).Append(Zone.Self).ToList();
        var isRouter = policies.Any(policy => policy.IsRouter);
        return from version in Enum.GetValues<IpVersion>()
               from protocol in Protocols(policies.SelectMany(policy => policy.Rules))
               where protocol.IsOf(version)
               from sender in zones
               from receiver in zones
               where !(sender.IsSelf && receiver.IsSelf) && (isRouter || sender.IsSelf != receiver.IsSelf)
               select new PacketAspect(sender, receiver, version, protocol);
    }

    public static IReadOnlyList<IpProtocol> Protocols(IEnumerable<Rule> rules)
    {
        var named = rules.Select(rule => rule.Match.Protocol).Distinct().ToList();
        return named.Contains(IpProtocol.Any) ? [.. named.Union(OfAnyRule)] : named;
    }

    /// <summary>The rule's packets here.</summary>
    public IEnumerable<PacketBox> Boxes(Rule rule, int layer)
    {
        var match = rule.Match;
        var isHere = (match.From?.Is(From) ?? true) && (match.To?.Is(To) ?? true)
            && (match.Protocol == IpProtocol.Any || match.Protocol == Protocol) && rule.AppliesTo(Version)
            && (!match.NamesPorts || Protocol.HasPorts())
            && (match.IcmpType is null || Protocol is IpProtocol.Icmp or IpProtocol.Icmp6);
        if (!isHere)
        {
            return [];
        }

        return from source in match.Source.Ranges
               where source.Version == Version
               from destination in match.Destination.Ranges
               where destination.Version == Version
               from sourcePort in SourcePorts(match)
               from destinationPort in DestinationPorts(match)
               select new PacketBox(rule, rule.Verdict, layer, new(source.First, source.Last), new(destination.First, destination.Last), sourcePort, destinationPort, match.SamePort);
    }

    /// <summary>Every packet of the aspect: what no rule is about.</summary>
    public PacketBox Rest(Policy policy, int layer)
    {
        var all = AddressRange.All(Version);
        var verdict = From.Is(To) && policy.RouteBack.Any(From.Is)
            ? new Verdict.Accept()
            : policy.Defaults.FirstOrDefault(next => (next.From?.Is(From) ?? true) && (next.To?.Is(To) ?? true))?.Verdict ?? new Verdict.Drop();
        var any = new Match();
        return new(null, verdict, layer, new(all.First, all.Last), new(all.First, all.Last), SourcePorts(any).Single(), DestinationPorts(any).Single(), SamePort: false);
    }

    private IEnumerable<Span128> SourcePorts(Match match) =>
        Protocol.HasPorts() ? match.SourcePorts.Ranges.Select(range => new Span128(range.First, range.Last)) : [NoPort];

    private IEnumerable<Span128> DestinationPorts(Match match) => Protocol switch
    {
        IpProtocol.Icmp or IpProtocol.Icmp6 => [match.IcmpType is { } type ? new(type, type) : new(0, byte.MaxValue)],
        _ when Protocol.HasPorts() => match.DestinationPorts.Ranges.Select(range => new Span128(range.First, range.Last)),
        _ => [NoPort],
    };
}

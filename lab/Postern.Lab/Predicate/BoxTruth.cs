using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Predicate;

/// <summary>What a perfect measurement would say of boxes in a row: the forecast's input without measuring.</summary>
public static class BoxTruth
{
    /// <summary>From which computers draw their sockets' ports.</summary>
    internal static readonly (int First, int Count) DynamicPorts = (Computer.FirstEphemeral, Computer.LastEphemeral - Computer.FirstEphemeral + 1);

    private const double UsualEstimate = 1.3; // of a range that nobody knows, from eight samples: an eighth on either side, and a little

    /// <param name="description">A box or a row.</param>
    /// <param name="inner">The host's endpoint.</param>
    /// <param name="outer">What a server sees of it.</param>
    /// <param name="serverPort">At which servers answer.</param>
    public static NatReport Of(BoxDescription description, Endpoint inner, Endpoint outer, ushort serverPort = LabServer.UsualPort)
    {
        var boxes = BoxCatalogue.Boxes(description);
        var all = boxes.Select(BoxCatalogue.Nat).OfType<NatRules>().Select(Plainly).ToArray();
        var nats = all.Where(rules => rules.Translates).ToArray();
        var reach = boxes.Select(box => ReachOf(box.Firewall, serverPort)).Max();
        var blocked = reach == UdpReach.Nobody;
        return new()
        {
            Family = inner.IsV4 ? IpFamily.V4 : IpFamily.V6,
            Local = inner,
            Mapped = blocked ? Endpoint.None : outer,
            MappedAddresses = nats.Length == 0 || nats[^1].Pooling == Pooling.Paired ? 1 : nats[^1].Addresses,
            UdpBlocked = blocked,
            UdpLimited = reach == UdpReach.NamedHosts,
            IsTranslated = nats.Length > 0 && inner.IsV4,
            Mapping = inner.IsV4 ? Strictest(nats.Select(SeenMapping)) : NatDependence.EndpointIndependent,
            Filtering = Strictest(boxes.Select(Filtering)),
            Ports = nats.Length == 0 || !inner.IsV4 ? new() { Kind = PortRuleKind.Kept } : Ports(Deciding(nats)!),
            Room = all.SelectMany(rules => new[] { rules.Limits.PerSubscriber, rules.Limits.Table }).Where(limit => limit > 0).DefaultIfEmpty().Min(),
            UnansweredLifetime = all.SelectMany(rules => new[] { rules.Expiry.UdpNew, rules.Expiry.AtMost }).Where(seconds => seconds > 0).DefaultIfEmpty().Min(),
            OverloadsPorts = nats.Length > 0 && Deciding(nats)!.Overloads,
            Hairpin = nats.Length == 0 || !inner.IsV4 ? NatHairpin.NotNeeded : nats[^1].Hairpin,
        };
    }

    /// <summary>Behind several NATs the ports are those of the outermost that neither keeps nor shifts them, else of one that shifts; null where nothing translates.</summary>
    public static NatRules? DecidingOnPorts(BoxDescription description) =>
        Deciding([.. BoxCatalogue.Boxes(description).Select(BoxCatalogue.Nat).OfType<NatRules>().Where(rules => rules.Translates).Select(Plainly)]);

    /// <summary>One that always gives the next port, and the same for each destination, shifts by one more.</summary>
    private static NatRules Plainly(NatRules rules) => rules is { Overloads: true, Ports: { Rule: PortRuleKind.Kept or PortRuleKind.Offset, Taken: 1, OnClash: ClashRule.Next } ports }
        ? rules with { Ports = ports with { Rule = PortRuleKind.Offset, Offset = ports.Rule == PortRuleKind.Kept ? 1 : ports.Offset + 1, Taken = 0 } }
        : rules;

    private static NatRules? Deciding(NatRules[] nats) =>
        nats.LastOrDefault(rules => rules.Ports.Rule is not (PortRuleKind.Kept or PortRuleKind.Offset) || rules.Ports.Evades)
        ?? nats.LastOrDefault(rules => rules.Ports.Rule == PortRuleKind.Offset) ?? nats.LastOrDefault();

    /// <summary>
    /// The mapping as the world sees it: a NAT that gives every destination a mapping of its own, but always the same port,
    /// cannot be told from one that has a single mapping; unless the address is another one each time.
    /// </summary>
    private static NatDependence SeenMapping(NatRules rules) =>
        rules is { Ports: { Rule: PortRuleKind.Kept or PortRuleKind.Offset, Evades: false }, Overloads: true } and not { Pooling: Pooling.Arbitrary, Addresses: > 1 } ? NatDependence.EndpointIndependent : rules.Mapping;

    private static NatDependence Filtering(BoxDescription box) => BoxCatalogue.Nat(box) is { } rules ? rules.Filtering
        : box.Firewall is null ? NatDependence.EndpointIndependent
        : NatDependence.AddressAndPortDependent;

    private static PortRule Ports(NatRules rules)
    {
        var deciding = rules.Ports;
        return deciding.Rule switch
        {
            PortRuleKind.Kept when !deciding.Evades => new() { Kind = PortRuleKind.Kept },
            PortRuleKind.Offset when !deciding.Evades => new() { Kind = PortRuleKind.Offset, Delta = deciding.Offset },
            PortRuleKind.Step => new()
            {
                Kind = PortRuleKind.Step,
                Delta = deciding.Step,
                BlockStart = deciding.First,
                BlockSize = deciding.Last - deciding.First + 1,
                ForeignMappings = (int)Math.Round(rules.CrossTraffic),
                WatchedMilliseconds = 1000,
            },
            PortRuleKind.Block => new() { Kind = PortRuleKind.Block, BlockStart = (deciding.Last + 1) / deciding.BlockSize * deciding.BlockSize - deciding.BlockSize, BlockSize = deciding.BlockSize }, // any block is as good
            PortRuleKind.Kept or PortRuleKind.Offset when deciding.OnClash == ClashRule.Next => Beside(deciding),
            _ => Drawn(deciding),
        };
    }

    /// <summary>Next to those of the sockets, which computers draw from their own range; one that a shift turns round the end of all ports lies anywhere.</summary>
    private static PortRule Beside(PortAssignment ports)
    {
        var first = DynamicPorts.First + (ports.Rule == PortRuleKind.Offset ? ports.Offset : 0);
        var (start, size) = first + DynamicPorts.Count - 1 <= ports.Last || (ports is { Rule: PortRuleKind.Kept, Taken: < 1 }) ? (first, DynamicPorts.Count) : (ports.First, ports.Last - ports.First + 1);
        return new() { Kind = PortRuleKind.Random, BlockStart = start, BlockSize = size };
    }

    /// <summary>Samples that fit into a range that NATs are known to use are taken for drawn from all of that.</summary>
    private static PortRule Drawn(PortAssignment ports)
    {
        var (first, last) = ports is { Rule: PortRuleKind.Kept, Taken: < 1 } // others keep those of their sockets
            ? (Math.Min(ports.First, DynamicPorts.First), Math.Max(ports.Last, DynamicPorts.First + DynamicPorts.Count - 1)) : (ports.First, ports.Last);
        var range = new PortRule { Kind = PortRuleKind.Random, BlockStart = first, BlockSize = last - first + 1 };
        var order = new[] { 3, 6, 1, 7, 0, 5, 2, 4 }; // neither rises nor falls
        var even = order.Select(eighth => new PortSample(5000, Endpoint.Parse("192.0.2.1:3478"), Endpoint.Parse($"192.0.2.2:{first + (range.BlockSize * ((2 * eighth) + 1) / 16)}")));
        var found = PortRuleFinder.Find([.. even]);
        return found.Kind == PortRuleKind.Random && found.BlockSize > UsualEstimate * range.BlockSize ? found with { Samples = [] } : range;
    }

    private static NatDependence Strictest(IEnumerable<NatDependence> behaviours) =>
        behaviours.Aggregate(NatDependence.EndpointIndependent, (strictest, next) => next > strictest ? next : strictest); // in the order of RFC 4787

    /// <summary>Where only some ports are let out, peers are not at them.</summary>
    private static UdpReach ReachOf(FirewallRules? firewall, ushort serverPort)
    {
        if (firewall?.Outgoing is not { } outgoing)
        {
            return UdpReach.Everybody;
        }

        var udp = outgoing.Where(rule => rule.Protocol == Packets.Transport.Udp).ToArray();
        return udp.Any(rule => rule.To.Count == 0 && rule.Ports.Count == 0) ? UdpReach.Everybody
            : udp.Any(rule => (rule.To.Count == 0 || rule.To.Contains("server")) && (rule.Ports.Count == 0 || rule.Ports.Contains(serverPort))) ? UdpReach.NamedHosts
            : UdpReach.Nobody;
    }

    private enum UdpReach
    {
        Everybody,
        NamedHosts,
        Nobody,
    }
}

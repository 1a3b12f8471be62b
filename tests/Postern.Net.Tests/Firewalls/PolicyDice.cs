using System.Globalization;
using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Policies and packets by chance: few ports and few hosts, so that rules meet, and packets at and beside the edges of rules.</summary>
internal sealed class PolicyDice(int seed, IpVersion version)
{
    private static readonly Zone[] Zones = [FirewallBench.Net, FirewallBench.Loc, FirewallBench.Wifi, FirewallBench.Dmz];
    private static readonly ushort[] Ports = [53, 80, 137, 138, 139, 443, 1024, 5060, 14356, 14357, 14358, 14359, 49152, 65535];

    private readonly Random _random = new(seed);

    public Policy Policy(bool isWhole, bool isRouter)
    {
        var rules = Enumerable.Range(1, _random.Next(3, 13)).Select(number => Rule(number, isRouter)).OrderBy(rule => rule.Phase).ToList();
        return new()
        {
            IsRouter = isRouter,
            Zones = Zones,
            Rules = rules,
            Defaults = isWhole ? [.. Enumerable.Range(0, _random.Next(4)).Select(_ => new DefaultVerdict(Zone(3), Zone(3), Plain()))] : [],
            RouteBack = isWhole && isRouter && Chance(3) ? [One(Zones)] : [],
        };
    }

    /// <summary>Most of them fit some rule, or miss it by one thing. No two are of one flow, before or after their redirection.</summary>
    public List<Packet> Packets(Policy policy, int count)
    {
        var flows = new FlowSet();
        var packets = new List<Packet>();
        while (packets.Count < count)
        {
            var packet = Chance(4) ? Stray() : Near(One(policy.Rules));
            var isSeen = policy.IsRouter ? !(packet.From.IsSelf && packet.To.IsSelf) : packet.From.IsSelf != packet.To.IsSelf;
            if (isSeen && flows.Add(packet, Evaluator.Judge(policy, packet)))
            {
                packets.Add(packet);
            }
        }

        return packets;
    }

    private Rule Rule(int number, bool isRouter)
    {
        var isForward = isRouter && Chance(5);
        var match = new Match
        {
            From = isForward ? One(Zones) : Zone(4),
            To = isForward ? Postern.Firewalls.Rules.Zone.Self : Zone(4),
            Protocol = One([IpProtocol.Tcp, IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Udp, IpProtocol.Any, IpProtocol.Sctp, IpProtocol.Icmp, IpProtocol.Icmp6, IpProtocol.Gre, IpProtocol.Esp]),
        };
        match = match with
        {
            Source = Chance(3) ? Addresses(match.From) : AddressSet.Any,
            Destination = Chance(3) && !isForward ? Addresses(match.To) : AddressSet.Any,
        };
        match = match.Protocol.HasPorts() || (match.Protocol == IpProtocol.Any && Chance(2))
            ? match with { SourcePorts = PortsOrAny(3), DestinationPorts = PortsOrAny(2), SamePort = Chance(8) }
            : match with { IcmpType = match.Protocol is IpProtocol.Icmp or IpProtocol.Icmp6 && Chance(2) ? EchoType(match.Protocol) : null };
        if (match.SamePort)
        {
            match = match with { DestinationPorts = One([PortSet.Of(new PortRange(137, 139)), PortSet.Of(new PortRange(14356, 14359))]) };
        }

        var home = One([FirewallBench.Loc, FirewallBench.Dmz]);
        return new()
        {
            Id = string.Create(CultureInfo.InvariantCulture, $"app{number % 3}:flow{number}"),
            Phase = One([Phase.Noise, Phase.Narrow, Phase.Wide]),
            Match = match,
            Verdict = isForward ? new Verdict.Forward(Host(home), match.Protocol.HasPorts() && !match.SamePort && Chance(2) ? One(Ports) : null) : Plain(),
            LogPrefix = Chance(4) ? "postern test \"quoted\": " : null,
            Why = Chance(2) ? "A reason\nof two lines" : "",
            Target = isForward ? home : null,
        };
    }

    private Packet Stray()
    {
        var (from, to) = (PacketZone(null), PacketZone(null));
        return Complete(from, to, null, null, One(Protocols()), One(Ports), One(Ports));
    }

    private Packet Near(Rule rule)
    {
        var match = rule.Match;
        var protocol = match.Protocol == IpProtocol.Any || Chance(8) ? One(Protocols()) : match.Protocol;
        var source = Chance(6) ? One(Ports) : Edge(match.SourcePorts);
        var destination = match.SamePort && Chance(2) ? source : Chance(6) ? One(Ports) : Edge(match.DestinationPorts);
        var (from, to) = (PacketZone(Chance(8) ? null : match.From), PacketZone(Chance(8) ? null : match.To));
        protocol = protocol.IsOf(version) ? protocol : One(Protocols());
        return Complete(from, to, Within(match.Source, from), Within(match.Destination, to), protocol, source, destination, match.IcmpType);
    }

    private Packet Complete(Zone from, Zone to, IPAddress? source, IPAddress? destination, IpProtocol protocol, ushort sourcePort, ushort destinationPort, byte? type = null) => new(
        from,
        to,
        protocol,
        source ?? (from.IsSelf ? FirewallBench.Own(to.IsSelf ? FirewallBench.Net : to, version) : Host(from)),
        protocol.HasPorts() ? sourcePort : (ushort)0,
        destination ?? (to.IsSelf ? FirewallBench.Own(One(Zones), version) : Host(to)),
        protocol.HasPorts() ? destinationPort : (ushort)0,
        protocol is IpProtocol.Icmp or IpProtocol.Icmp6 ? (type is { } wanted && wanted == EchoType(protocol) ? wanted : One(protocol == IpProtocol.Icmp ? [8, 13] : new byte[] { 128 })) : (byte)0);

    /// <summary>An address of the set that lies in the zone; null where there is none or chance has it otherwise.</summary>
    private IPAddress? Within(AddressSet set, Zone zone)
    {
        var both = zone.IsSelf || set.IsAny ? AddressSet.None : set.Intersect(zone.Addresses).Of(version);
        if (both.IsEmpty || Chance(4) || (zone.Addresses.IsAny && Zones.Any(other => !other.Addresses.IsAny && other.Addresses.Overlaps(both))))
        {
            return null;
        }

        var range = One(both.Ranges);
        return AddressRange.Address(version, range.First + (UInt128)_random.Next((int)UInt128.Min(range.Last - range.First, 40) + 1));
    }

    private ushort Edge(PortSet set)
    {
        var range = One(set.Ranges);
        var port = One([range.First, range.Last, range.First - 1, range.Last + 1, _random.Next(range.First, range.Last + 1)]);
        return (ushort)Math.Clamp(port, 1, ushort.MaxValue);
    }

    private AddressSet Addresses(Zone? zone)
    {
        if (zone is null or { IsSelf: true })
        {
            return AddressSet.Any;
        }

        var four = AddressRange.Number(HostOf(zone, IpVersion.V4)).Value;
        var six = AddressRange.Number(HostOf(zone, IpVersion.V6)).Value;
        var width = (UInt128)(Chance(2) ? 0 : _random.Next(1, 9));
        return AddressSet.Of(new AddressRange(IpVersion.V4, four, four + width), new AddressRange(IpVersion.V4, four + 12, four + 12), new AddressRange(IpVersion.V6, six, six + width));
    }

    private PortSet PortsOrAny(int oneIn) => Chance(oneIn)
        ? PortSet.Any
        : PortSet.Of(Enumerable.Range(0, Chance(6) ? 20 : _random.Next(1, 4)).Select(_ => One(Ports)).Select(port =>
            new PortRange(port, (ushort)Math.Min(ushort.MaxValue, port + (Chance(2) ? 0 : _random.Next(1, 1000))))));

    private Verdict Plain() => One<Verdict>([new Verdict.Accept(), new Verdict.Accept(), new Verdict.Drop(), new Verdict.Reject(), new Verdict.Reject(IsAdministrative: true)]);

    private Zone? Zone(int oneIn) => Chance(oneIn) ? null : Chance(4) ? Postern.Firewalls.Rules.Zone.Self : One(Zones);

    private Zone PacketZone(Zone? wanted) => wanted ?? (Chance(3) ? Postern.Firewalls.Rules.Zone.Self : One(Zones));

    private IPAddress Host(Zone zone) => HostOf(zone, version);

    private IPAddress HostOf(Zone zone, IpVersion family)
    {
        var first = family == IpVersion.V4
            ? zone.Name switch { "net" => "198.51.100.8", "loc" => "192.168.1.8", "wifi" => "192.168.7.8", _ => "10.20.3.8" }
            : zone.Name switch { "net" => "2001:db8:f::8", "loc" => "2001:db8:1::8", "wifi" => "2001:db8:7::8", _ => "2001:db8:20::8" };
        return AddressRange.Address(family, AddressRange.Number(IPAddress.Parse(first)).Value + (UInt128)_random.Next(12));
    }

    private IpProtocol[] Protocols() =>
    [
        IpProtocol.Tcp, IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Udp, IpProtocol.Sctp, IpProtocol.Gre, IpProtocol.Esp,
        version == IpVersion.V4 ? IpProtocol.Icmp : IpProtocol.Icmp6,
    ];

    private static byte EchoType(IpProtocol protocol) => protocol == IpProtocol.Icmp ? (byte)8 : (byte)128;

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T One<T>(IReadOnlyList<T> items) => items[_random.Next(items.Count)];
}

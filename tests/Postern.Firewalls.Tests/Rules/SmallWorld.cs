using System.Net;
using FsCheck;
using FsCheck.Fluent;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

/// <summary>A world of few hosts and ports, in which every packet can be tried.</summary>
internal static class SmallWorld
{
    public static readonly Zone Net = new("net", ["eth0"], Range("10.0.0.4", "10.0.0.7"));
    public static readonly Zone Loc = new("loc", ["eth1"], Range("10.0.0.0", "10.0.0.3"));

    private const int Ports = 6;
    private const int Hosts = 8;

    private static readonly Zone[] Places = [Net, Loc, Zone.Self];

    public static readonly Arbitrary<Policy> Policies = Arb.From(
        from rules in Gen.ListOf(Rules())
        from defaults in Gen.ListOf(Gen.Elements<DefaultVerdict>(new(null, null, new Verdict.Drop()), new(Net, null, new Verdict.Reject()), new(Loc, Net, new Verdict.Accept())))
        select new Policy
        {
            IsRouter = true,
            Zones = [Net, Loc],
            Rules = [.. rules.Take(6).Select((rule, i) => rule with { Id = $"r{i}" })],
            Defaults = [.. defaults.Take(3)],
        },
        Smaller);

    /// <summary>Every packet of this world between two places, TCP, UDP and ICMP, whoever lives where.</summary>
    public static IEnumerable<Packet> Packets() => Packets(_ => Enumerable.Range(0, Hosts).Select(Host));

    /// <summary>Every packet between those who live in the places; the firewall has these addresses.</summary>
    public static IEnumerable<Packet> Packets(AddressSet own) => Packets(zone =>
        (zone.IsSelf ? own : zone.Addresses).Networks().SelectMany(network => Enumerable.Range(0, 1 << (32 - network.PrefixLength))
            .Select(i => AddressRange.Address(IpVersion.V4, AddressRange.Of(network).First + (UInt128)i))));

    private static IEnumerable<Packet> Packets(Func<Zone, IEnumerable<IPAddress>> addresses) =>
        from sender in Places
        from receiver in Places
        where !(sender.IsSelf && receiver.IsSelf)
        from source in addresses(sender)
        from destination in addresses(receiver)
        from packet in Payloads(new(sender, receiver, IpProtocol.Tcp, source, 0, destination, 0))
        select packet;

    private static IEnumerable<Packet> Payloads(Packet packet)
    {
        for (ushort source = 0; source < Ports; source++)
        {
            for (ushort destination = 0; destination < Ports; destination++)
            {
                yield return packet with { SourcePort = source, DestinationPort = destination };
                yield return packet with { Protocol = IpProtocol.Udp, SourcePort = source, DestinationPort = destination };
            }
        }

        for (byte type = 0; type < 4; type++)
        {
            yield return packet with { Protocol = IpProtocol.Icmp, IcmpType = type };
        }
    }

    private static Gen<Rule> Rules() =>
        from verdict in Gen.Elements<Verdict>(new Verdict.Accept(), new Verdict.Accept(), new Verdict.Drop(), new Verdict.Reject())
        from match in Matches()
        from isLogged in Gen.Elements(true, false, false)
        select new Rule { Id = "r", Phase = Phase.Narrow, Match = match, Verdict = verdict, LogPrefix = isLogged ? "log" : null };

    private static Gen<Match> Matches() =>
        from sender in Gen.Elements(null, Net, Loc, Zone.Self)
        from receiver in Gen.Elements(null, Net, Loc, Zone.Self)
        from protocol in Gen.Elements(IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Icmp, IpProtocol.Any)
        from source in Sets()
        from destination in Sets()
        from sourcePorts in PortSets()
        from destinationPorts in PortSets()
        from same in Gen.Elements(true, false, false)
        from type in Gen.Elements<byte?>(null, null, 0, 3)
        let hasPorts = protocol is IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Any
        select new Match
        {
            From = sender,
            To = receiver,
            Protocol = protocol,
            Source = source,
            Destination = receiver is { IsSelf: true } ? AddressSet.Any : destination,
            SourcePorts = hasPorts ? sourcePorts : PortSet.Any,
            DestinationPorts = hasPorts ? destinationPorts : PortSet.Any,
            SamePort = hasPorts && same,
            IcmpType = protocol is IpProtocol.Icmp ? type : null,
        };

    private static Gen<AddressSet> Sets() => Gen.OneOf(Gen.Constant(AddressSet.Any), from low in Gen.Choose(0, Hosts - 1)
                                                                                     from high in Gen.Choose(low, Hosts - 1)
                                                                                     from other in Gen.Choose(0, Hosts - 1)
                                                                                     select Range(Host(low).ToString(), Host(high).ToString()).Union(AddressSet.Of(Host(other))));

    private static Gen<PortSet> PortSets() => Gen.OneOf(Gen.Constant(PortSet.Any), from low in Gen.Choose(0, Ports - 1)
                                                                                   from high in Gen.Choose(low, Ports - 1)
                                                                                   from other in Gen.Choose(0, Ports - 1)
                                                                                   select PortSet.Of(new PortRange((ushort)low, (ushort)high), new PortRange((ushort)other, (ushort)other)));

    private static IEnumerable<Policy> Smaller(Policy policy) =>
        policy.Rules.Select(rule => policy with { Rules = [.. policy.Rules.Where(other => other != rule)] });

    private static IPAddress Host(int number) => AddressRange.Address(IpVersion.V4, (UInt128)(0x0A000000 + number));

    private static AddressSet Range(string first, string last) => AddressSet.TryParse($"{first}-{last}", out var set) ? set : throw new FormatException(first);
}

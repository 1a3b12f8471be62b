using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Every application of the catalogue as somebody may want it, and packets that must pass then or must not.</summary>
internal static class ApplicationPlans
{
    private const string Insider = "192.168.1.10,2001:db8:1::10";

    private static readonly Site Router = new()
    {
        IsRouter = true,
        Zones = [new(FirewallBench.Net, IsOutside: true), new(FirewallBench.Loc, IsTranslated: true)],
    };

    private static readonly Site Host = new() { Zones = [new(FirewallBench.Net, IsOutside: true)] };

    /// <summary>What stays allowed beside a refusal: a name server, and a server of Postern.</summary>
    private static readonly RefusalException[] Exceptions =
        [.. ((string[])["dns=198.51.100.53,2001:db8:f::53", "4780-4781=198.51.100.2,2001:db8:f::2"]).Select(text => RefusalException.TryParse(text, out var one) ? one : throw new FormatException(text))];

    /// <summary>For each of its roles: who plays it sits inside, behind a router, or is the host.</summary>
    public static IEnumerable<(string Name, Plan Plan)> Of(Application application, bool isRouter)
    {
        foreach (var role in application.Roles.Keys)
        {
            if (Try(application, role, isRouter) is { } plan && plan.Policy.Rules.Any(rule => rule.Verdict.LetsPass))
            {
                yield return ($"{application.Id}-{role}-{(isRouter ? "router" : "host")}", plan);
            }
        }
    }

    /// <summary>Every application in every way of <see cref="Of"/>, at a router and at a host.</summary>
    public static IEnumerable<(string Name, Plan Plan)> All() => ApplicationCatalogue.Embedded.Applications
        .SelectMany(application => Of(application, isRouter: true).Concat(Of(application, isRouter: false)));

    /// <summary>What refuses every application, at a router and at a host: to everybody inside, and to one of them.</summary>
    public static IEnumerable<(string Name, Plan Plan)> Refusals() =>
        from application in ApplicationCatalogue.Embedded.Applications
        from isRouter in (bool[])[true, false]
        from next in OfRefusal(application, isRouter)
        where next.Plan.Policy.Rules.Any(rule => rule.Verdict is Verdict.Reject)
        select next;

    public static IEnumerable<(string Name, Plan Plan)> OfRefusal(Application application, bool isRouter)
    {
        var everybody = new PlanRequest { Applications = [application], Site = isRouter ? Router : Host, WithLegacy = true };
        yield return ($"no-{application.Id}-{(isRouter ? "router" : "host")}", Refusal.Plan(everybody, Exceptions));
        var one = isRouter ? application.Roles.Keys.Select(role => Try(application, role, isRouter)).FirstOrDefault(plan => plan is not null) : null;
        if (one is not null)
        {
            yield return ($"no-{application.Id}-one", Refusal.Plan(one.Request, Exceptions));
        }
    }

    /// <summary>Applications of the catalogue, evenly spread over it, some of them at a time at one router, for one host behind it.</summary>
    public static IEnumerable<(string Name, Plan Plan)> Together(int most, int atOnce)
    {
        var usable = ApplicationCatalogue.Embedded.Applications.Where(application => Of(application, isRouter: true).Any()).ToList();
        foreach (var some in usable.Where((_, i) => i % Math.Max(1, usable.Count / most) == 0).Chunk(atOnce))
        {
            RoleBinding[] bindings = [.. some.Select(application => Binding(application, Of(application, isRouter: true).First().Plan))];
            yield return (string.Join('+', some.Select(application => application.Id)),
                Planner.Plan(new() { Applications = some, Bindings = bindings, Site = Router with { Outer = AddressSet.Of(FirewallBench.Own(FirewallBench.Net, IpVersion.V4)) }, WithLegacy = true }));
        }
    }

    /// <summary>At and beside the edges of every rule.</summary>
    public static List<Packet> Packets(Policy policy, IpVersion version)
    {
        var flows = new FlowSet();
        var packets = new List<Packet>();
        foreach (var rule in policy.Rules.Where(rule => rule.AppliesTo(version) && IsSent(rule.Match, version)))
        {
            var inside = Inside(rule.Match, version, 8);
            foreach (var packet in inside.Concat(Beside(rule.Match, Inside(rule.Match, version, 20)[0], version)))
            {
                if (flows.Add(packet, Evaluator.Judge(policy, packet)))
                {
                    packets.Add(packet);
                }
            }
        }

        return packets;
    }

    private static RoleBinding Binding(Application application, Plan plan) => plan.Request.Bindings[0] with { Application = application.Id };

    private static Plan? Try(Application application, string role, bool isRouter)
    {
        try
        {
            return RoleBinding.TryParse($"{role}={(isRouter ? Insider : "self")}", out var binding)
                ? Planner.Plan(new() { Applications = [application], Bindings = [binding], Site = isRouter ? Router : Host, WithLegacy = true })
                : null;
        }
        catch (PlanException)
        {
            return null; // nobody can play that role there
        }
    }

    /// <summary>
    /// A router passes on no packet to a group, connection tracking takes no answer of ICMP for the beginning of a flow, and of
    /// protocols whose checksum it does not know the kernel refuses none with an answer (nf_reject_verify_csum).
    /// </summary>
    private static bool IsSent(Match match, IpVersion version)
    {
        var set = match.Destination.Of(version);
        var first = set.IsAnyOf(version) ? (byte)0 : AddressRange.Address(version, set.Ranges[0].First).GetAddressBytes()[0];
        var group = version == IpVersion.V4 ? first >= 224 : first == 255;
        var answer = match.Protocol is IpProtocol.Icmp or IpProtocol.Icmp6 && match.IcmpType is not (null or 8 or 13 or 128);
        return !group && !answer && match.Protocol is IpProtocol.Any or IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Sctp
            or IpProtocol.Icmp or IpProtocol.Icmp6 or IpProtocol.Gre or IpProtocol.Esp;
    }

    private static List<Packet> Inside(Match match, IpVersion version, int host)
    {
        var (from, to) = Ends(match);
        var (source, destination) = (Address(match.Source, from, to, version, host), Address(match.Destination, to, from, version, host));
        var protocols = match.Protocol == IpProtocol.Any ? [IpProtocol.Tcp, IpProtocol.Udp] : new[] { match.Protocol };
        IEnumerable<(ushort, ushort)> ports = match.SamePort
            ? match.SourcePorts.Intersect(match.DestinationPorts).Ranges.Select(range => (range.First, range.First))
            : Some(match.SourcePorts).SelectMany(_ => Some(match.DestinationPorts), (one, other) => (one, other));
        return [.. protocols.SelectMany(_ => ports, (protocol, pair) => Make(from, to, protocol, source, destination, pair, match.IcmpType))];
    }

    /// <summary>One thing wrong in each: a port, a host, the direction, the protocol.</summary>
    private static IEnumerable<Packet> Beside(Match match, Packet packet, IpVersion version)
    {
        var (from, to) = (packet.From, packet.To);
        var other = packet.Protocol == IpProtocol.Tcp ? IpProtocol.Udp : IpProtocol.Tcp;
        yield return packet with { Protocol = other, IcmpType = 0, SourcePort = Math.Max((ushort)1, packet.SourcePort), DestinationPort = Math.Max((ushort)1, packet.DestinationPort) };
        yield return packet with { Source = Address(AddressSet.Any, from, to, version, 77) };
        yield return packet with { Destination = Address(AddressSet.Any, to, from, version, 77) };
        yield return packet with
        {
            From = to,
            To = from,
            Source = to.IsSelf ? FirewallBench.Own(from, version) : Address(AddressSet.Any, to, from, version, 78),
            Destination = from.IsSelf ? FirewallBench.Own(to, version) : packet.Source,
            SourcePort = packet.DestinationPort,
            DestinationPort = packet.SourcePort,
        };
        foreach (var range in packet.Protocol.HasPorts() ? match.DestinationPorts.Ranges : [])
        {
            yield return packet with { DestinationPort = (ushort)Math.Max(1, range.First - 1) };
            yield return packet with { DestinationPort = (ushort)Math.Min(ushort.MaxValue, range.Last + 1) };
        }

        foreach (var range in packet.Protocol.HasPorts() ? match.SourcePorts.Ranges : [])
        {
            yield return packet with { SourcePort = (ushort)Math.Max(1, range.First - 1) };
            yield return packet with { SourcePort = (ushort)Math.Min(ushort.MaxValue, range.Last + 1) };
        }
    }

    private static (Zone From, Zone To) Ends(Match match) => (
        match.From ?? (match.To is { IsSelf: true } ? FirewallBench.Net : match.To is null ? FirewallBench.Loc : Zone.Self),
        match.To ?? (match.From is { IsSelf: true } ? FirewallBench.Net : FirewallBench.Net));

    private static IPAddress Address(AddressSet set, Zone zone, Zone other, IpVersion version, int host)
    {
        var named = set.Of(version);
        if (!named.IsAnyOf(version))
        {
            var range = named.Ranges[0];
            return AddressRange.Address(version, range.First + UInt128.Min(range.Last - range.First, (UInt128)host));
        }

        return zone.IsSelf ? FirewallBench.Own(other.IsSelf ? FirewallBench.Net : other, version) : IPAddress.Parse((zone.Name, version) switch
        {
            ("net", IpVersion.V4) => $"198.51.100.{host}",
            ("loc", IpVersion.V4) => $"192.168.1.{host}",
            ("wifi", IpVersion.V4) => $"192.168.7.{host}",
            ("net", _) => $"2001:db8:f::{host}",
            ("wifi", _) => $"2001:db8:7::{host}",
            _ => $"2001:db8:1::{host}",
        });
    }

    private static IEnumerable<ushort> Some(PortSet set) => set.IsAny
        ? [40000]
        : set.Ranges.Take(4).SelectMany(range => new[] { Math.Max((ushort)1, range.First), range.Last }).Distinct();

    private static Packet Make(Zone from, Zone to, IpProtocol protocol, IPAddress source, IPAddress destination, (ushort Source, ushort Destination) ports, byte? type) => new(
        from,
        to,
        protocol,
        source,
        protocol.HasPorts() ? ports.Source : (ushort)0,
        destination,
        protocol.HasPorts() ? ports.Destination : (ushort)0,
        type ?? (protocol == IpProtocol.Icmp ? (byte)8 : protocol == IpProtocol.Icmp6 ? (byte)128 : (byte)0));
}

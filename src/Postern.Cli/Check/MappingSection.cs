using System.Globalization;
using Postern.Discovery;
using Postern.Drivers;
using Postern.Firewalls.Rules;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.PortMapping;

namespace Postern.Cli.Check;

/// <summary>Section 4: whether the router maps ports on request (UPnP, NAT-PMP, PCP), and what its outer address tells of a second NAT.</summary>
internal sealed class MappingSection(CheckTarget? target, OwnFirewall firewall)
{
    private static readonly IpPrefix CarrierNat = IpPrefix.Parse("100.64.0.0/10"); // RFC 6598, set apart for it

    private readonly List<(string Name, IpAddress External)> _externals = [];

    public async Task<IReadOnlyList<Finding>> FindAsync(CancellationToken cancellationToken)
    {
        if (target is { IsHere: true })
        {
            return [new("mapping.none", CheckVerdict.Ok, "The server is on this very computer: the router was not asked.")];
        }

        if (DefaultRoute.Find(isV4: true) is not { } route || route.Gateway == IpAddress.Any || LocalAddresses.RouteTo(route.Gateway) is not { } local)
        {
            return [new("mapping.none", CheckVerdict.Ok, "There is no IPv4 gateway that could map ports.")];
        }

        // Three ports of their own: what one protocol gives back is never another's.
        var first = SystemRandom.Instance.Next(50000, 60000);
        using var upnp = new UpnpDriver(local, TimeProvider.System);
        var igd = upnp.ProbeAsync((ushort)first, cancellationToken);
        var pmp = PortMappingDriver.ProbeAsync(PortMappingProtocol.NatPmp, route.Gateway, (ushort)(first + 1), TimeProvider.System, cancellationToken);
        var pcp = PortMappingDriver.ProbeAsync(PortMappingProtocol.Pcp, route.Gateway, (ushort)(first + 2), TimeProvider.System, cancellationToken);
        var (old, young) = (await pmp.ConfigureAwait(false), await pcp.ConfigureAwait(false));
        return [Of(await igd.ConfigureAwait(false), route.Gateway), Of(Beside(old, young), route.Gateway), Of(Beside(young, old), route.Gateway)];
    }

    /// <summary>Both have one port: where it is closed to one it is closed to the other, although routers say so only so often.</summary>
    private static MappingFinding Beside(MappingFinding found, MappingFinding other) =>
        found.Presence == MappingPresence.Silent && other is { Presence: MappingPresence.Absent, Result: 0 } ? found with { Presence = MappingPresence.Absent } : found;

    /// <summary>A second NAT behind the router's own shows where the router's outer address is not the one that the world sees.</summary>
    public IEnumerable<Finding> Layers(IReadOnlyList<NatReport> reports)
    {
        var seen = reports.FirstOrDefault(report => report.Family == IpFamily.V4 && report.Mapped != Endpoint.None && !report.Local.Address.IsLoopback)?.Mapped.Address;
        foreach (var (name, external) in _externals.Where(known => !known.External.IsUnspecified).DistinctBy(known => known.External).Take(1))
        {
            yield return CarrierNat.Contains(external)
                ? new("nat.layers", CheckVerdict.Warn, $"The router's own outer address {external} is a carrier's: a second NAT (CGNAT) stands behind it.") { Evidence = $"{name} says {external}", Next = "Ask the provider for an address of your own, or use IPv6." }
                : seen is { } address && address != external
                    ? new("nat.layers", CheckVerdict.Warn, $"Two NATs follow each other: the router's outer address is {external}, and the world sees {address}.") { Evidence = $"{name} says {external}", Next = "Let the router before this one forward to it, or set one of them to bridge." }
                    : seen is null ? new("nat.layers", CheckVerdict.Ok, $"The router's outer address is {external}.")
                    : new("nat.layers", CheckVerdict.Ok, $"There is one NAT: the router's outer address {external} is the one that the world sees.");
        }
    }

    private Finding Of(UpnpFinding found, IpAddress gateway)
    {
        _externals.Add(("UPnP", found.External));
        var finding = Of("mapping.upnp", "UPnP", found.Presence, found.IsCleanedUp, found.Error, new(gateway, SsdpMessage.Port), "is not there, or keeps silent");
        return found.Responder != IpAddress.Any && found.Responder != gateway
            ? finding with { Verdict = CheckVerdict.Warn, Sentence = $"UPnP is answered by {found.Responder}, which is not the gateway {gateway}: {finding.Sentence}" }
            : finding;
    }

    private Finding Of(MappingFinding found, IpAddress gateway)
    {
        var (id, name) = found.Protocol == PortMappingProtocol.Pcp ? ("mapping.pcp", "PCP") : ("mapping.nat-pmp", "NAT-PMP");
        _externals.Add((name, found.External));
        return Of(id, name, found.Presence, found.IsCleanedUp, found.Result, new(gateway, NatPmpMessage.ServerPort), "keeps silent");
    }

    private Finding Of(string id, string name, MappingPresence presence, bool isCleanedUp, int result, Endpoint service, string silence)
    {
        var evidence = string.Create(CultureInfo.InvariantCulture, $"{presence.ToString().ToLowerInvariant()}, {service}{(result == 0 ? "" : $", code {result}")}");
        if (presence is MappingPresence.Silent or MappingPresence.Absent && name != "UPnP" && firewall.Outgoing(IpProtocol.Udp, service) is [{ IsCertain: true } stop, ..])
        {
            return new(id, CheckVerdict.Warn, $"This computer's own firewall stops {name}. {stop.Sentence}.") { Evidence = stop.Rule, Next = stop.Undo };
        }

        var left = isCleanedUp ? "the test mapping was given back" : "the test mapping's return was not confirmed; it ends by itself within two minutes";
        return presence switch
        {
            MappingPresence.Present => new(id, isCleanedUp ? CheckVerdict.Ok : CheckVerdict.Warn, $"{name}: the router maps ports on request; {left}.") { Evidence = evidence },
            MappingPresence.Refused => new(id, CheckVerdict.Warn, $"{name}: the router is there and refuses a mapping.") { Evidence = evidence, Next = "Allow it in the router's settings, or forward a port by hand; direct calls mostly work without." },
            MappingPresence.Absent => new(id, CheckVerdict.Ok, $"{name}: the router does not have it.") { Evidence = evidence },
            _ => new(id, CheckVerdict.Ok, $"{name}: the router {silence}.") { Evidence = evidence },
        };
    }
}

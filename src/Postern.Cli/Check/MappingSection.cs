using System.Globalization;
using Postern.Discovery;
using Postern.Drivers;
using Postern.Firewalls.Rules;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.PortMapping;

namespace Postern.Cli.Check;

/// <summary>Section 4: whether the router maps ports on request (UPnP, NAT-PMP, PCP), and whether a second NAT stands behind it.</summary>
internal sealed class MappingSection(CheckTarget? target, OwnFirewall firewall)
{
    private readonly List<(string Name, IpAddress External)> _externals = [];
    private IpAddress? _next;

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
        var next = NextAsync(local, cancellationToken);
        using var upnp = new UpnpDriver(local, TimeProvider.System);
        var igd = upnp.ProbeAsync((ushort)first, cancellationToken);
        var pmp = PortMappingDriver.ProbeAsync(PortMappingProtocol.NatPmp, route.Gateway, (ushort)(first + 1), TimeProvider.System, cancellationToken);
        var pcp = PortMappingDriver.ProbeAsync(PortMappingProtocol.Pcp, route.Gateway, (ushort)(first + 2), TimeProvider.System, cancellationToken);
        var (old, young) = (await pmp.ConfigureAwait(false), await pcp.ConfigureAwait(false));
        _next = await next.ConfigureAwait(false);
        return [Of(await igd.ConfigureAwait(false), route.Gateway), Of(Beside(old, young), route.Gateway), Of(Beside(young, old), route.Gateway)];
    }

    /// <summary>Both have one port: where it is closed to one it is closed to the other, although routers say so only so often.</summary>
    private static MappingFinding Beside(MappingFinding found, MappingFinding other) =>
        found.Presence == MappingPresence.Silent && other is { Presence: MappingPresence.Absent, Result: 0 } ? found with { Presence = MappingPresence.Absent } : found;

    /// <summary>Whether a second NAT stands behind the router's own.</summary>
    public IEnumerable<Finding> Layers(IReadOnlyList<NatReport> reports)
    {
        var seen = reports.FirstOrDefault(report => report.Family == IpFamily.V4 && report.Mapped != Endpoint.None && !report.Local.Address.IsLoopback)?.Mapped.Address;
        var told = _externals.Where(known => !known.External.IsUnspecified).Take(1).ToList();
        return NatLayers.Of(told is [var first] ? first : null, seen, _next) is { } finding ? [finding] : [];
    }

    /// <summary>The router behind the gateway; nothing goes further than to it. Who has no private address is behind no NAT of his own.</summary>
    private async Task<IpAddress?> NextAsync(IpAddress local, CancellationToken cancellationToken) =>
        target is { Address.IsV4: true } && NatLayers.IsPrivate(local) ? await HopProbe.AskAsync(target.Address, hops: 2, cancellationToken).ConfigureAwait(false) : null;

    /// <summary>Behind a carrier's NAT routers refuse what they could not keep, whatever their settings are.</summary>
    private string Refused => _next is { } router && NatLayers.IsCarrier(router)
        ? "Nothing at home helps: the router has no public address itself, see nat.layers."
        : "Allow it in the router's settings, or forward a port by hand; direct calls mostly work without.";

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
            MappingPresence.Refused => new(id, CheckVerdict.Warn, $"{name}: the router is there and refuses a mapping.") { Evidence = evidence, Next = Refused },
            MappingPresence.Absent => new(id, CheckVerdict.Ok, $"{name}: the router does not have it.") { Evidence = evidence },
            _ => new(id, CheckVerdict.Ok, $"{name}: the router {silence}.") { Evidence = evidence },
        };
    }
}

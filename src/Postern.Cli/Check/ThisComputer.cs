using Postern.Discovery;
using Postern.Firewalls.Rules;
using Postern.Protocol.Net;

namespace Postern.Cli.Check;

/// <summary>Section 1: addresses, gateway, own firewall, ephemeral ports, proxies.</summary>
internal sealed class ThisComputer(OwnFirewall firewall, CheckOptions options)
{
    public IReadOnlyList<Finding> Find() =>
    [
        Addresses(),
        Gateway(),
        Firewall(),
        Ephemeral(),
        .. options.Port is { } port ? FixedPort(port) : [],
    ];

    private static Finding Addresses()
    {
        var addresses = LocalAddresses.Find();
        return addresses.Count == 0
            ? new("host.addresses", CheckVerdict.Fail, "This computer has no address but its own loopback: it is on no network.") { Next = "Connect it to a network." }
            : addresses.Where(NatLayers.IsCarrier).ToList() is [var carrier, ..]
                ? new("host.addresses", CheckVerdict.Warn, $"This computer's address {carrier} is a carrier's own: its NAT (CGNAT) is shared by many customers.") { Evidence = string.Join(", ", addresses), Next = "Ask the provider for a public IPv4 address of your own, or use IPv6." }
                : new("host.addresses", CheckVerdict.Ok, $"This computer's addresses: {string.Join(", ", addresses)}.");
    }

    private static Finding Gateway()
    {
        DefaultRoute?[] known = [DefaultRoute.Find(isV4: true), DefaultRoute.Find(isV4: false)];
        var routes = known.OfType<DefaultRoute>().ToList();
        return routes.Count == 0
            ? new("host.gateway", CheckVerdict.Warn, "There is no default route: this computer reaches only its own network.") { Next = "Check the router and the network's settings." }
            : new("host.gateway", CheckVerdict.Ok, $"The way out: {string.Join(", ", routes.Select(route => route.Gateway == IpAddress.Any ? route.Interface : $"{route.Gateway} by {route.Interface}"))}.");
    }

    private Finding Firewall()
    {
        if (firewall.Rules is not { } rules)
        {
            return new("host.firewall", CheckVerdict.Warn, $"{firewall.Missing} Whether its own firewall stops something is not known.")
            {
                Next = Environment.IsPrivilegedProcess ? "" : "Run it as root: sudo postern check",
            };
        }

        return rules.Owners.Count == 0
            ? new("host.firewall", CheckVerdict.Ok, "This computer has no firewall of its own.")
            : new("host.firewall", CheckVerdict.Ok, $"This computer has a firewall of its own: {string.Join(", ", rules.Owners)}.");
    }

    private static Finding Ephemeral() => Surroundings.EphemeralPorts() is { } ports
        ? new("host.ephemeral", CheckVerdict.Ok, $"The system gives out ports {ports} to programs that ask for none.")
        : new("host.ephemeral", CheckVerdict.Warn, "The system does not say which ports it gives out.");

    private IEnumerable<Finding> FixedPort(ushort port)
    {
        var isInside = Surroundings.EphemeralPorts()?.Contains(port) ?? false;
        yield return isInside
            ? new("host.fixed-port", CheckVerdict.Warn, $"Port {port} lies among those that the system gives to others: one day it is taken.")
            {
                Next = $"Choose a port outside, or: sysctl -w net.ipv4.ip_local_reserved_ports={port}",
            }
            : new("host.fixed-port", CheckVerdict.Ok, $"Port {port} is not given to others by the system.");

        var (own, link) = (LocalAddresses.Find(), DefaultRoute.Find(isV4: true)?.Interface);
        foreach (var address in own.Take(1))
        {
            var caught = firewall.Incoming(address, port, link).Take(1).ToList();
            foreach (var stop in caught)
            {
                yield return new("host.incoming", CheckVerdict.Warn, $"A stranger's first UDP packet to port {port} does not come in; answers do. {stop.Sentence}.")
                {
                    Evidence = stop.Rule,
                    Next = stop.Undo,
                };
            }

            if (caught.Count == 0 && firewall.Rules is not null)
            {
                yield return new("host.incoming", CheckVerdict.Ok, $"This computer's own firewall lets strangers' UDP packets in to port {port}.");
            }
        }
    }
}

using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Packets;
using Postern.Lab.Simulator.Hosts.Proxies;

namespace Postern.Lab.Simulator;

/// <summary>How programs behind boxes get out over TCP: directly, or through a proxy where one of the boxes names it.</summary>
public static class WayOut
{
    private const string Server = "server";

    /// <summary>What the settings of a computer there name, as the keeper of such a box would have it; null for no proxy.</summary>
    /// <param name="description">A box or a row.</param>
    public static ProxyProtocol? ProxyOf(BoxDescription description) =>
        !NamesProxy(description) ? null
        : Lets(description, LabProxy.Name, ProxyRules.PortOf(ProxyProtocol.Http)) ? ProxyProtocol.Http
        : Lets(description, LabProxy.Name, ProxyRules.PortOf(ProxyProtocol.Socks5)) ? ProxyProtocol.Socks5
        : null;

    /// <summary>Whether TCP to a port of the server passes, so or so.</summary>
    /// <param name="description">A box or a row.</param>
    /// <param name="port">Of switchboard and relay.</param>
    public static bool ReachesServer(BoxDescription description, ushort port) =>
        ProxyOf(description) is { } protocol ? ProxyRules.Usual.Lets(protocol, port) : Lets(description, Server, port);

    /// <summary>Whether a firewall there knows of a proxy.</summary>
    public static bool NamesProxy(BoxDescription description) =>
        BoxCatalogue.Boxes(description).Any(box => box.Firewall?.Outgoing?.Any(rule => rule.To.Contains(LabProxy.Name)) == true);

    private static bool Lets(BoxDescription description, string host, ushort port) => BoxCatalogue.Boxes(description).All(box =>
        box.Firewall?.Outgoing is not { } outgoing || outgoing.Any(rule => rule.Protocol == Transport.Tcp
            && (rule.To.Count == 0 || rule.To.Contains(host)) && (rule.Ports.Count == 0 || rule.Ports.Contains(port))));
}

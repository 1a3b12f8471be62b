namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>Where a proxy listens, and to which ports it connects.</summary>
public sealed record ProxyRules
{
    /// <summary>As they ship: squid connects to the port of HTTPS alone (its SSL_ports), Dante to all where it is told to pass.</summary>
    public static readonly ProxyRules Usual = new();

    /// <summary>Ports that CONNECT reaches; empty for all.</summary>
    public IReadOnlyList<ushort> HttpPorts { get; init; } = [LabServer.HttpsPort];

    /// <summary>Ports that SOCKS reaches; empty for all.</summary>
    public IReadOnlyList<ushort> SocksPorts { get; init; } = [];

    /// <summary>Where it listens: squid's http_port, and the port that RFC 1928 §3 names.</summary>
    public static ushort PortOf(ProxyProtocol protocol) => (ushort)(protocol == ProxyProtocol.Http ? 3128 : 1080);

    /// <summary>Whether it connects to that port.</summary>
    public bool Lets(ProxyProtocol protocol, ushort port)
    {
        var ports = protocol == ProxyProtocol.Http ? HttpPorts : SocksPorts;
        return ports.Count == 0 || ports.Contains(port);
    }
}

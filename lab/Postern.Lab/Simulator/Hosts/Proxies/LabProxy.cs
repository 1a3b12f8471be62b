using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>A company's proxy on a computer of its own. It can fail and start again.</summary>
public sealed class LabProxy
{
    /// <summary>What firewall rules call it.</summary>
    public const string Name = "proxy";

    private readonly ProxyRules _rules;

    /// <param name="network">Where it stands.</param>
    /// <param name="addresses">One of each family at most.</param>
    /// <param name="rules">Where it connects to.</param>
    public LabProxy(Network network, IReadOnlyList<IpAddress> addresses, ProxyRules rules)
    {
        Computer = new(network, addresses);
        _rules = rules;
        Start();
    }

    public Computer Computer { get; }

    public ProxyProgram Program { get; private set; } = null!;

    /// <summary>As the settings of a computer name it.</summary>
    public ProxyPlace Place(ProxyProtocol protocol) => new(protocol, new(Computer.Addresses[0], ProxyRules.PortOf(protocol)));

    /// <summary>Tunnels are gone without a word.</summary>
    public void Kill() => Computer.PowerOff();

    public void Start() => Program = new(Computer, _rules);
}

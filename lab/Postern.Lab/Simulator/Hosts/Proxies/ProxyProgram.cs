using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>An HTTP and a SOCKS5 proxy on a computer.</summary>
public sealed class ProxyProgram : IProgram
{
    /// <summary>More clients than this are not answered, as where a queue of connections is full.</summary>
    public const int MostTunnels = 256;

    private readonly Computer _computer;
    private readonly ProxyRules _rules;
    private readonly List<ProxyTunnel> _tunnels = [];

    public ProxyProgram(Computer computer, ProxyRules rules)
    {
        (_computer, _rules) = (computer, rules);
        foreach (var address in computer.Addresses)
        {
            Listen(address, ProxyProtocol.Http, () => new HttpDialogue());
            Listen(address, ProxyProtocol.Socks5, () => new SocksDialogue());
        }

        computer.Run(this);
    }

    /// <summary>Clients that are there, with a tunnel or before it.</summary>
    public int Tunnels => _tunnels.Count;

    /// <summary>Bytes that wait in all tunnels, for clients and targets.</summary>
    public int Waiting => _tunnels.Sum(tunnel => tunnel.Waiting);

    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Never;
            foreach (var tunnel in _tunnels)
            {
                next = Instant.Min(next, tunnel.Deadline);
            }

            return next;
        }
    }

    public void HandleDeadline(Instant now)
    {
        foreach (var tunnel in _tunnels.Where(tunnel => tunnel.Deadline <= now).ToArray())
        {
            tunnel.HandleDeadline();
        }
    }

    private void Listen(IpAddress address, ProxyProtocol protocol, Func<IProxyDialogue> begin) =>
        _computer.Listen(new(address, ProxyRules.PortOf(protocol)), connection =>
        {
            if (_tunnels.Count < MostTunnels)
            {
                _tunnels.Add(new(_computer, connection, begin(), target => _rules.Lets(protocol, target.Port), ended => _tunnels.Remove(ended)));
            }
            else
            {
                connection.Abort();
            }
        });
}

using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>How a computer reaches a server over TCP: directly, or through the proxy that its settings name.</summary>
/// <param name="Server">The server's endpoint.</param>
/// <param name="Proxy">On the way there; null for none.</param>
public sealed record Dial(Endpoint Server, ProxyPlace? Proxy = null)
{
    /// <summary>Dials; what becomes of it is told to the listener.</summary>
    /// <param name="computer">From where.</param>
    /// <param name="listener">Hears of the connection, or of its end.</param>
    /// <param name="refused">Told what a proxy refused it with, before the end.</param>
    internal TcpConnection Open(Computer computer, ITcpListener listener, Action<string> refused)
    {
        var first = Proxy?.At ?? Server;
        return computer.Connect(computer.Addresses.First(address => address.IsV4 == first.IsV4), first, Proxy is null ? listener : new ProxyDial(computer, Request(Proxy.Protocol), listener, refused));
    }

    private IProxyRequest Request(ProxyProtocol protocol) => protocol == ProxyProtocol.Http ? new HttpRequest(Server) : new SocksRequest(Server);
}

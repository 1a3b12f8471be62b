using Postern.Lab.Boxes;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Tests.Simulator.Proxies;

/// <summary>A client, a proxy and a target, each at the end of a link of its own.</summary>
internal sealed class ProxyWorld
{
    public static readonly Endpoint Target = Endpoint.Parse("203.0.113.2:443");

    public ProxyWorld(LinkRules? toTarget = null, ProxyRules? rules = null)
    {
        var link = new LinkRules { Delay = TimeSpan.FromMilliseconds(5) };
        Client = new(World.Internet.AddNetwork("client", new OpenBox(), link, link).Inner, IpAddress.Parse("192.0.2.10"));
        Proxy = new(World.Internet.AddNetwork("proxy", new OpenBox(), link, link).Inner, [IpAddress.Parse("203.0.113.4")], rules ?? ProxyRules.Usual);
        Server = new(World.Internet.AddNetwork("server", new OpenBox(), link, toTarget ?? link).Inner, Target.Address);
        Server.Listen(Target, connection => connection.Listener = AtServer = new(Server, connection));
    }

    public World World { get; } = new(new SeededRandom(7));

    public Computer Client { get; }

    public LabProxy Proxy { get; }

    public Computer Server { get; }

    /// <summary>The target's end of the last tunnel.</summary>
    public StreamEnd? AtServer { get; private set; }

    /// <summary>Dials through the proxy.</summary>
    public StreamEnd Dial(ProxyProtocol protocol, Endpoint? target = null)
    {
        var end = new StreamEnd(Client, null);
        end.Connection = new Dial(target ?? Target, Proxy.Place(protocol)).Open(Client, end, reason => end.Refusal = reason);
        return end;
    }

    /// <summary>Speaks to the proxy by hand.</summary>
    public StreamEnd Talk(ProxyProtocol protocol)
    {
        var end = new StreamEnd(Client, null);
        end.Connection = Client.Connect(Client.Addresses[0], Proxy.Place(protocol).At, end);
        return end;
    }

    /// <summary>Waits; false where it does not come to be.</summary>
    public bool Until(Func<bool> condition, double seconds = 10) => World.RunUntil(condition, TimeSpan.FromSeconds(seconds));
}

using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Foreign;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Topologies;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Stun.Credentials;

namespace Postern.Lab.Grid.Real;

/// <summary>
/// A laboratory of one meeting: our server, two homes behind TUN routers, and real proxies where a box names one; all of it goes
/// with the object.
/// </summary>
internal sealed class RealNetwork : IDisposable
{
    /// <summary>The caller's host.</summary>
    public const string One = "alice";

    /// <summary>The callee's.</summary>
    public const string Other = "bob";

    /// <summary>The server's: that of HTTPS, as in the simulator.</summary>
    public const int Port = 443;

    private const string ServerHost = "server";
    private const int CredentialsLast = 3600; // seconds; a meeting takes two minutes at most

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    // The laboratory's own addresses, which a relay does not reach unless it is told to.
    private static readonly string[] Reachable = ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"];

    private readonly RealPlan _plan;
    private readonly string _lab;
    private readonly string _homes = Directory.CreateTempSubdirectory("postern-grid-").FullName;
    private readonly Dictionary<string, RealProxy> _proxies = []; // of each host that has one
    private readonly CancellationTokenRegistration _stopping;
    private RealProgram? _server;

    private RealNetwork(RealPlan plan, string lab, CancellationToken stop)
    {
        (_plan, _lab, Stop) = (plan, lab, stop);
        _stopping = stop.Register(() => NamespaceProcesses.End(LabNames.Namespaces(lab))); // whoever waits for one of them then waits no longer
    }

    /// <summary>The server's address.</summary>
    public string Server { get; private set; } = "";

    public CancellationToken Stop { get; }

    /// <summary>Builds it and starts the server; where that fails, <see cref="LabException"/> says why, and nothing is left.</summary>
    /// <param name="plan">What runs in it.</param>
    /// <param name="lab">What to call it.</param>
    /// <param name="pair">The caller's box and the callee's.</param>
    /// <param name="stop">Ends every process in it.</param>
    public static RealNetwork Up(RealPlan plan, string lab, (string One, string Other) pair, CancellationToken stop)
    {
        var network = new RealNetwork(plan, lab, stop);
        try
        {
            var state = LabNetworks.Up(lab, Topology(pair.One, pair.Other), plan.Program);
            network.StartServer(AddressesOf(state, ServerHost));
            network.StartProxy(state, One, pair.One);
            network.StartProxy(state, Other, pair.Other);
            return network;
        }
        catch
        {
            network.Dispose();
            throw;
        }
    }

    /// <summary>Starts <c>postern</c> on a host; where that has a proxy, it knows.</summary>
    public RealProgram Start(string host, params IEnumerable<string> arguments) =>
        new(_plan.Program, _lab, host, _homes, _proxies.GetValueOrDefault(host)?.Url, arguments);

    public string Namespace(string host) => LabNames.Namespace(_lab, host);

    /// <summary>For the relay, as the switchboard would mint them.</summary>
    public TurnCredentials Credentials(string name)
    {
        var minted = TurnRestCredential.Mint(_plan.RelaySecret(Data), "session", name, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + CredentialsLast);
        return new(Server, Port, minted.Username, minted.Password);
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _server?.Dispose();
        foreach (var proxy in _proxies.Values.Distinct())
        {
            proxy.Dispose();
        }

        LabNetworks.Down(_lab);
        Directory.Delete(_homes, recursive: true);
    }

    private string Data => Path.Combine(_homes, "data");

    private void StartServer(string[] addresses)
    {
        Server = addresses[0];
        Array.ForEach([One, Other], WithoutIpv6);
        _server = Start(ServerHost, ["up", "--data", Data, "--listen", .. addresses.Select(address => $"{address}:{Port}"), .. Reachable.SelectMany(prefix => new[] { "--allow-peer", prefix })]);
        if (!_server.WaitFor("Postern is up.", Patience, Stop))
        {
            throw new LabException(_server.Said);
        }
    }

    /// <summary>Both hosts may have the same one.</summary>
    private void StartProxy(LabState state, string host, string box)
    {
        if (WayOut.ProxyOf(BoxCatalogue.All[box]) is { } protocol)
        {
            _proxies[host] = _proxies.Values.FirstOrDefault(proxy => proxy.Protocol == protocol) ?? RealProxy.Start(protocol, _lab, AddressesOf(state, LabProxy.Name)[0], _homes, Stop);
        }
    }

    private static string[] AddressesOf(LabState state, string host) =>
        [.. state.Members.First(member => member.Name == host).Addresses.Where(address => !address.Contains(':', StringComparison.Ordinal))];

    // The simulated worlds of a grid have IPv4 only: over IPv6, nothing would stand between the two.
    private void WithoutIpv6(string host) =>
        Command.Run("ip", ["netns", "exec", Namespace(host), "sysctl", "-q", "-w", "net.ipv6.conf.all.disable_ipv6=1"]);

    private static Topology Topology(string one, string other)
    {
        var link = new TopologyLink { Delay = 10 }; // as in the simulated worlds
        var made = ReadyTopologies.Make("two-homes", [one, other], RouterKind.Tun);
        return made with { Networks = made.Networks.ToDictionary(network => network.Key, network => network.Value with { Up = link, Down = link }) };
    }
}

namespace Postern.Net.Tests.Networks;

/// <summary>
/// An internet of namespaces, unconnected to the machine's own network:
/// <code>
///   server ── core ──┬── router ──┬── client      one forwarding hop (the core) between any two sites,
///                    │            └── client      each of which hangs on a network of its own
///                    ├── router ───── client
///                    └── public host
/// </code>
/// Public addresses are those set apart for documentation (RFC 5737 §3, RFC 3849 §2); LANs are 192.168.N.0/24.
/// Everything goes on <see cref="Dispose"/>, at the end of the process, and, after a crash, at the start of the next test process.
/// </summary>
public sealed class Network : IDisposable
{
    // No waiting for duplicate addresses, and no packet dropped for the interface that it came by.
    private static readonly string[] HostSettings =
    [
        "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0",
        "net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0",
    ];

    private static readonly string[] RouterSettings = ["net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1"];

    private readonly string _prefix;
    private readonly bool _ipv6;
    private readonly List<Background> _processes = [];
    private int _attached;
    private int _sites;

    /// <summary>Builds core and server. Skips the calling test where namespaces cannot be had (a failure with CI=true).</summary>
    public Network(bool ipv6 = false)
    {
        Leftovers.RequireNamespaces();
        _prefix = Leftovers.NextPrefix();
        _ipv6 = ipv6;
        Folder = Leftovers.CreateFolder(_prefix);
        try
        {
            Core = AddRouter("core");
            Server = AddHost("server");
            Link(Core, "server", Server, "wan");
            Configure(Core, ["link set server up", "addr add 203.0.113.1/28 dev server"], ["addr add 2001:db8::1/64 dev server nodad"]);
            Configure(
                Server,
                ["link set wan up", "addr add 203.0.113.2/28 dev wan", "addr add 203.0.113.3/28 dev wan", "route add default via 203.0.113.1"],
                ["addr add 2001:db8::2/64 dev wan nodad", "route add default via 2001:db8::1"]);
            (Server.Address, Server.SecondAddress, Server.Address6) = ("203.0.113.2", "203.0.113.3", _ipv6 ? "2001:db8::2" : "");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The router between everything public. It keeps no state of connections and drops nothing, unless told to.</summary>
    public Router Core { get; }

    /// <summary>The public server: 203.0.113.2 and 203.0.113.3.</summary>
    public Host Server { get; }

    /// <summary>For files of this network: captures, and whatever the test puts there.</summary>
    public string Folder { get; }

    /// <summary>A LAN behind a router.</summary>
    /// <param name="rules">The router's; port-preserving masquerade with inbound dropped if null.</param>
    /// <param name="clients">Computers on the LAN: 192.168.N.10 and on.</param>
    /// <param name="lan">N; by default each site has its own, but two sites may well have the same.</param>
    public Site AddSite(RouterRules? rules = null, int clients = 1, int? lan = null)
    {
        var site = ++_sites;
        var router = AddRouter($"router{site}");
        Attach(router, $"site{site}");
        if (_ipv6)
        {
            Configure(Core, [], [$"route add 2001:db8:1:{site}::/64 via {router.Address6}"]);
        }

        return Furnish(router, site, rules, clients, lan ?? site);
    }

    /// <summary>
    /// A LAN behind a router that has no public address itself: a second NAT stands before it, a carrier's or that of another router
    /// at home. IPv4 only.
    /// </summary>
    /// <param name="between">The three first numbers of the network between the two; .1 is the second NAT, .2 the LAN's router.</param>
    public (Site Site, Router Second) AddSiteBehindNat(string between = "100.64.0")
    {
        var site = ++_sites;
        var (second, router) = (AddRouter($"second{site}"), AddRouter($"router{site}"));
        Attach(second, $"site{site}");
        Link(second, "lan", router, "wan");
        Configure(second, ["link set lan up", $"addr add {between}.1/24 dev lan"], []);
        Configure(router, ["link set wan up", $"addr add {between}.2/24 dev wan", $"route add default via {between}.1"], []);
        second.ApplyRules(new RouterRules().Render());
        router.Address = $"{between}.2";
        return (Furnish(router, site, null, 1, site), second);
    }

    /// <summary>A computer with a public address of its own and no firewall.</summary>
    public Host AddPublicHost()
    {
        var host = AddHost($"public{_attached + 1}");
        Attach(host, $"public{_attached + 1}");
        return host;
    }

    public void Dispose()
    {
        foreach (var process in _processes)
        {
            process.Dispose();
        }

        Leftovers.Remove(_prefix);
    }

    internal Background Keep(Background process)
    {
        lock (_processes)
        {
            _processes.Add(process);
        }

        return process;
    }

    /// <summary>The router's inner side.</summary>
    private Site Furnish(Router router, int site, RouterRules? rules, int clients, int n)
    {
        Configure(
            router,
            ["link add lan type bridge", "link set lan up", $"addr add 192.168.{n}.1/24 dev lan"],
            [$"addr add 2001:db8:1:{site}::1/64 dev lan nodad"]);
        router.ApplyRules((rules ?? new()).Render());
        return new(router, [.. Enumerable.Range(10, clients).Select(host => AddClient(router, site, n, host))]);
    }

    private Host AddClient(Router router, int site, int lan, int number)
    {
        var client = AddHost($"client{site}-{number}");
        var port = $"lan{number}";
        Link(router, port, client, "eth0");
        Configure(router, [$"link set {port} master lan up"], []);
        Configure(
            client,
            ["link set eth0 up", $"addr add 192.168.{lan}.{number}/24 dev eth0", $"route add default via 192.168.{lan}.1"],
            [$"addr add 2001:db8:1:{site}::{number}/64 dev eth0 nodad", $"route add default via 2001:db8:1:{site}::1"]);
        client.Address = $"192.168.{lan}.{number}";
        client.Address6 = _ipv6 ? $"2001:db8:1:{site}::{number}" : "";
        return client;
    }

    /// <summary>Gives a host its own public network of four addresses on the core.</summary>
    private void Attach(Host host, string port)
    {
        var n = ++_attached;
        var (core, own) = ($"198.51.100.{(4 * n) + 1}", $"198.51.100.{(4 * n) + 2}");
        Link(Core, port, host, "wan");
        Configure(Core, [$"link set {port} up", $"addr add {core}/30 dev {port}"], [$"addr add 2001:db8:0:{n}::1/64 dev {port} nodad"]);
        Configure(
            host,
            ["link set wan up", $"addr add {own}/30 dev wan", $"route add default via {core}"],
            [$"addr add 2001:db8:0:{n}::2/64 dev wan nodad", $"route add default via 2001:db8:0:{n}::1"]);
        (host.Address, host.Address6) = (own, _ipv6 ? $"2001:db8:0:{n}::2" : "");
    }

    private Router AddRouter(string name) => new(this, Create(name, [.. HostSettings, .. RouterSettings]));

    private Host AddHost(string name) => new(this, Create(name, HostSettings));

    private string Create(string name, string[] settings)
    {
        name = _prefix + name;
        Shell.Run("ip", ["netns", "add", name]);
        Shell.Run("ip", ["netns", "exec", name, "sysctl", "-q", "-w", .. settings]);
        Shell.Run("ip", ["-n", name, "link", "set", "lo", "up"]);
        return name;
    }

    /// <summary>A cable between two namespaces, which never shows in the machine's own.</summary>
    private static void Link(Host one, string onePort, Host other, string otherPort) =>
        Shell.Run("ip", ["link", "add", onePort, "netns", one.Name, "type", "veth", "peer", "name", otherPort, "netns", other.Name]);

    private void Configure(Host host, IEnumerable<string> ipv4, IEnumerable<string> ipv6)
    {
        Shell.Run("ip", ["-n", host.Name, "-batch", "-"], string.Join('\n', _ipv6 ? ipv4.Concat(ipv6) : ipv4));
    }
}

using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Topologies;

namespace Postern.Lab.Namespaces;

/// <summary>Builds the networks of a plan out of namespaces and cables (veth pairs); nothing shows in the machine's own network.</summary>
internal sealed class LabBuilder(LabPlan plan)
{
    private const string Core = TopologyNetwork.Internet;

    // No waiting for duplicate addresses, no packet dropped for the interface that it came by, every ICMP error at once.
    private static readonly string[] MemberSettings =
    [
        "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.default.rp_filter=0", "net.ipv4.icmp_ratelimit=0",
        "net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0", "net.ipv6.conf.default.accept_ra=0",
        "net.ipv6.icmp.ratelimit=0",
    ];

    private static readonly string[] RouterSettings =
    [
        "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1", "net.ipv4.conf.all.send_redirects=0", "net.ipv4.conf.default.send_redirects=0",
    ];

    private readonly Dictionary<string, int> _ports = [];

    public void Build()
    {
        AddMember(Core, isRouter: true);
        foreach (var network in plan.Networks)
        {
            AddRouter(network);
        }

        foreach (var host in plan.Hosts)
        {
            AddHost(host);
        }
    }

    private void AddRouter(PlannedNetwork network)
    {
        AddMember(network.Name, isRouter: true);
        var port = Attach(network.Name, "wan", network.Parent);
        List<string> lines =
        [
            "link add lan type bridge", "link set lan up", "link set wan up",
            $"addr add {network.Gateway}/{network.Inner.Length} dev lan", $"addr add {network.Gateway6}/64 dev lan nodad",
            .. network.Outer.Select(address => $"addr add {address}/32 dev wan"), $"addr add {network.Outer6}/128 dev wan nodad",
            .. Uplink(network.Parent, "wan", $"{network.Outer[0]}", $"{network.Outer6}"),
        ];
        ConfigureCore(network, port);
        foreach (var inner in plan.Networks.Where(other => other.Parent == network))
        {
            lines.AddRange(WayTo(inner, "lan"));
        }

        Configure(network.Name, lines);
        if (network.IsTun)
        {
            Configure(network.Name, TunRouting.Lines(plan, network));
            Configure(network.Name, TunRouting.Lines6(plan, network), "-6");
            Set(network.Name, TunRouting.Settings);
        }
        else
        {
            Inside(network.Name, ["nft", "-f", "-"], NftablesRendering.Render(network.Box, network.Outer[0], AddressesOf));
            Set(network.Name, [.. NftablesRendering.Sysctls(network.Box)]);
            Configure(network.Name, [$"link set wan mtu {Math.Min(network.Up.Mtu, network.Down.Mtu)}"]);
        }
    }

    /// <summary>The internet brings packets to the right cable: to each address, and to what lies behind it.</summary>
    private void ConfigureCore(PlannedNetwork network, string port)
    {
        if (network.Parent is null)
        {
            Configure(Core, [.. OnPort(port), .. network.Outer.Select(address => $"route add {address}/32 dev {port}"), $"route add {network.Outer6}/128 dev {port}", .. WayTo(network, port)]);
        }
    }

    /// <summary>Prefixes that keep their addresses, the IPv6 ones of further networks included.</summary>
    private IEnumerable<string> WayTo(PlannedNetwork network, string port)
    {
        foreach (var prefix in TunRouting.Kept(plan, network))
        {
            yield return $"route add {prefix} via {(prefix.IsV4 ? network.Outer[0] : network.Outer6)} dev {port}{(network.Parent is null ? " onlink" : "")}";
        }
    }

    private void AddHost(PlannedHost host)
    {
        AddMember(host.Name, isRouter: false);
        var port = Attach(host.Name, "eth0", host.Network);
        var (length, length6) = host.Network is { } network ? (network.Inner.Length, 64) : (32, 128);
        Configure(
            host.Name,
            [
                "link set eth0 up", .. host.Addresses.Select(address => $"addr add {address}/{length} dev eth0"),
                $"addr add {host.Address6}/{length6} dev eth0 nodad", .. Uplink(host.Network, "eth0", $"{host.Addresses[0]}", $"{host.Address6}"),
            ]);
        if (host.Network is null)
        {
            Configure(Core, [.. OnPort(port), .. host.Addresses.Select(address => $"route add {address}/32 dev {port}"), $"route add {host.Address6}/128 dev {port}"]);
        }
    }

    private static IEnumerable<string> OnPort(string port) => [$"link set {port} up", $"addr add {LabPlan.Core}/32 dev {port}", $"addr add {LabPlan.Core6}/128 dev {port} nodad"];

    private static IEnumerable<string> Uplink(PlannedNetwork? network, string device, string source, string source6) => network is null
        ?
        [
            $"route add {LabPlan.Core}/32 dev {device} src {source}", $"route add default via {LabPlan.Core} dev {device} src {source}",
            $"route add {LabPlan.Core6}/128 dev {device} src {source6}", $"route add default via {LabPlan.Core6} dev {device} src {source6}",
        ]
        :
        [
            // A router has its outer addresses without their network, so that nothing of it is reached but by the cable.
            .. device == "wan" ? [$"route add {network.Inner} dev {device} src {source}", $"route add {network.Inner6} dev {device} src {source6}"] : Array.Empty<string>(),
            $"route add default via {network.Gateway} dev {device} src {source}", $"route add default via {network.Gateway6} dev {device} src {source6}",
        ];

    /// <summary>A cable from a member into its network; returns the name of its other end.</summary>
    private string Attach(string member, string device, PlannedNetwork? network)
    {
        var owner = network?.Name ?? Core;
        var number = _ports[owner] = _ports.GetValueOrDefault(owner) + 1;
        var port = $"p{number}";
        Command.Run("ip", ["link", "add", port, "netns", LabNames.Namespace(plan.Name, owner), "type", "veth", "peer", "name", device, "netns", LabNames.Namespace(plan.Name, member)]);
        if (network is not null)
        {
            Configure(owner, [$"link set {port} master lan up"]);
        }

        return port;
    }

    private void AddMember(string name, bool isRouter)
    {
        Command.Run("ip", ["netns", "add", LabNames.Namespace(plan.Name, name)]);
        Set(name, isRouter ? [.. MemberSettings, .. RouterSettings] : MemberSettings);
        Configure(name, ["link set lo up"]);
    }

    private void Set(string member, string[] settings)
    {
        if (settings.Length > 0)
        {
            Inside(member, ["sysctl", "-q", "-w", .. settings]);
        }
    }

    private void Configure(string member, IEnumerable<string> lines, params string[] options) =>
        Command.Run("ip", [.. options, "-n", LabNames.Namespace(plan.Name, member), "-batch", "-"], string.Join('\n', lines) + "\n");

    private void Inside(string member, IReadOnlyList<string> command, string? input = null) =>
        Command.Run("ip", ["netns", "exec", LabNames.Namespace(plan.Name, member), .. command], input);

    private IReadOnlyList<Postern.Protocol.Net.IpAddress> AddressesOf(string name) =>
        plan.Hosts.FirstOrDefault(host => host.Name == name) is { } host ? [.. host.Addresses, host.Address6] : [];
}

using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts.Proxies;

namespace Postern.Lab.Namespaces.Topologies;

/// <summary>Topologies that have a name.</summary>
public static class ReadyTopologies
{
    /// <summary>Their names, and what each one is; its networks in the order in which they get their boxes.</summary>
    public static readonly IReadOnlyDictionary<string, string> All = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["one-home"] = "server; home with alice and anna",
        ["two-homes"] = "server; home-a with alice; home-b with bob",
        ["two-homes-far"] = "as two-homes, 20 ms and 1 % loss in each direction of each link",
        ["one-carrier"] = "server; home-a with alice; home-b with bob; both inside carrier",
        ["home-and-public"] = "server; home with alice; bob on the internet",
    };

    /// <summary>The boxes that stand where none is named.</summary>
    private const string UsualBox = "linux";
    private const string UsualCarrier = "block-1024";

    /// <summary>Where a box names a proxy, there is a host of that name on the internet as well; what runs there is its user's affair.</summary>
    /// <param name="name">One of <see cref="All"/>.</param>
    /// <param name="boxes">Ids, or paths of descriptions, for its networks in their order; the last one stands for those that are missing.</param>
    /// <param name="router">For all of them.</param>
    public static Topology Make(string name, IReadOnlyList<string> boxes, RouterKind router)
    {
        BoxDescription[] described = [.. boxes.Select(Box)];
        var server = ("server", new TopologyHost { Addresses = 2 });
        var far = name == "two-homes-far" ? new TopologyLink { Delay = 20, Loss = 0.01 } : new TopologyLink();
        var topology = name switch
        {
            "one-home" => Of([Network("home", 0)], [server, In("alice", "home"), In("anna", "home")]),
            "two-homes" or "two-homes-far" => Of([Network("home-a", 0), Network("home-b", 1)], [server, In("alice", "home-a"), In("bob", "home-b")]),
            "one-carrier" => Of(
                [("carrier", Network("carrier", 2, UsualCarrier).Item2), ("home-a", Network("home-a", 0).Item2 with { In = "carrier" }), ("home-b", Network("home-b", 1).Item2 with { In = "carrier" })],
                [server, In("alice", "home-a"), In("bob", "home-b")]),
            "home-and-public" => Of([Network("home", 0)], [server, In("alice", "home"), ("bob", new())]),
            _ => throw new LabException($"There is no topology '{name}'; ready ones are {string.Join(", ", All.Keys)}."),
        };
        return boxes.Count <= topology.Networks.Count ? WithProxy(topology, described)
            : throw new LabException($"There are {boxes.Count} boxes for the {topology.Networks.Count} network{(topology.Networks.Count == 1 ? "" : "s")} of '{name}' ({All[name]}).");

        (string, TopologyNetwork) Network(string network, int number, string usual = UsualBox)
        {
            var box = number < described.Length ? described[number] : described.Length > 0 && usual == UsualBox ? described[^1] : Box(usual);
            return (network, new() { Box = BoxDescriptionJson.Element(box), Router = router, Up = far, Down = far });
        }
    }

    private static BoxDescription Box(string name) => BoxFile.Find(name, ".", out var error) ?? throw new LabException(error);

    private static Topology WithProxy(Topology topology, IReadOnlyList<BoxDescription> boxes) =>
        boxes.Any(WayOut.NamesProxy)
            ? topology with { Hosts = new Dictionary<string, TopologyHost>(topology.Hosts) { [LabProxy.Name] = new() } }
            : topology;

    private static (string, TopologyHost) In(string host, string network) => (host, new() { In = network });

    private static Topology Of((string Name, TopologyNetwork Network)[] networks, (string Name, TopologyHost Host)[] hosts) => new()
    {
        Networks = networks.ToDictionary(pair => pair.Name, pair => pair.Network),
        Hosts = hosts.ToDictionary(pair => pair.Name, pair => pair.Host),
    };
}

using System.Globalization;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Kernel;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Topologies;

/// <summary>
/// Chooses addresses. Outside those set apart for documentation (RFC 5737 §3, RFC 3849 §2): hosts have 203.0.113.2 and up, boxes
/// 198.51.100.2 and up, public networks blocks of 16 from its end downwards. Inside 192.168.N.0/24, and 100.64.N.0/24
/// (RFC 6598) where further boxes stand inside.
/// </summary>
public sealed class LabPlanner
{
    private const int FirstHost = 10;
    private const int FirstInnerBox = 100;
    private const int PublicBlock = 16;

    private readonly Topology _topology;
    private readonly Dictionary<string, PlannedNetwork> _networks = [];
    private readonly List<PlannedNetwork> _inOrder = [];
    private readonly Dictionary<PlannedNetwork, int> _hosts = [];
    private readonly Dictionary<PlannedNetwork, int> _boxes = [];
    private int _publicHost = 2;
    private int _publicBox = 2;
    private int _publicBlocks;
    private int _number;

    private LabPlanner(Topology topology) => _topology = topology;

    /// <summary>Throws <see cref="LabException"/> where a router is asked for that cannot do what its box says.</summary>
    public static LabPlan Make(string name, Topology topology)
    {
        var planner = new LabPlanner(topology);
        foreach (var network in topology.Networks.Keys)
        {
            planner.Network(network);
        }

        var hosts = topology.Hosts.Select(pair => planner.Host(pair.Key, pair.Value)).ToArray();
        return new(name, planner._inOrder, hosts);
    }

    private PlannedNetwork Network(string name)
    {
        if (_networks.TryGetValue(name, out var planned))
        {
            return planned;
        }

        var described = _topology.Networks[name];
        var parent = described.In == TopologyNetwork.Internet ? null : Network(described.In);
        var boxes = BoxCatalogue.Boxes(TopologyJson.Box(name, described.Box));
        for (var i = boxes.Count - 1; i > 0; i--)
        {
            parent = Add($"{name}-{i + 1}", parent, boxes[i], described with { Up = new(), Down = new() }, holdsBoxes: true);
        }

        return _networks[name] = Add(name, parent, boxes[0], described, _topology.Networks.Values.Any(other => other.In == name));
    }

    private PlannedNetwork Add(string name, PlannedNetwork? parent, BoxDescription box, TopologyNetwork described, bool holdsBoxes)
    {
        var number = ++_number;
        var isOpen = BoxCatalogue.OuterAddresses(box) == 0;
        if (isOpen && parent is not null)
        {
            throw new LabException($"The network '{name}' keeps its addresses, so it must lie in the internet.");
        }

        var network = new PlannedNetwork
        {
            Name = name,
            Parent = parent,
            Box = box,
            IsTun = IsTun(name, box, described),
            Up = described.Up,
            Down = described.Down,
            Inner = isOpen ? new(IpAddress.Parse($"198.51.100.{256 - (PublicBlock * ++_publicBlocks)}"), 28)
                : new(IpAddress.Parse(holdsBoxes ? $"100.64.{number}.0" : $"192.168.{number}.0"), 24),
            Inner6 = new(IpAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"2001:db8:{number:x}::")), 64),
            Outer = [.. Enumerable.Range(0, Math.Max(1, BoxCatalogue.OuterAddresses(box))).Select(_ => BoxAddress(parent))],
            Outer6 = parent is null ? IpAddress.Parse($"2001:db8:0:f::{number:x}") : PlannedNetwork.Nth(parent.Inner6, FirstInnerBox + number),
        };
        if (_publicBox > 256 - (PublicBlock * _publicBlocks))
        {
            throw new LabException("So many boxes do not fit into 198.51.100.0/24.");
        }

        _inOrder.Add(network);
        return network;
    }

    private static bool IsTun(string name, BoxDescription box, TopologyNetwork described)
    {
        var beyond = NftablesRendering.Beyond(box)
            ?? described.Up.BeyondKernel ?? described.Down.BeyondKernel;
        return described.Router switch
        {
            RouterKind.Kernel when beyond is not null => throw new LabException($"The kernel cannot be the router of '{name}' ({box.Id}): {beyond}."),
            RouterKind.Auto => beyond is not null,
            var kind => kind == RouterKind.Tun,
        };
    }

    private IpAddress BoxAddress(PlannedNetwork? parent)
    {
        if (parent is null)
        {
            return IpAddress.Parse($"198.51.100.{_publicBox++}");
        }

        var before = _boxes.GetValueOrDefault(parent);
        _boxes[parent] = before + 1;
        if (!parent.IsOpen)
        {
            return PlannedNetwork.Nth(parent.Inner, FirstInnerBox + before);
        }

        var fromTheEnd = PublicBlock - 2 - before; // hosts begin at the other end of so small a block
        return fromTheEnd > 1 ? PlannedNetwork.Nth(parent.Inner, fromTheEnd) : throw new LabException($"So many boxes do not fit into the public network '{parent.Name}'.");
    }

    private PlannedHost Host(string name, TopologyHost host)
    {
        if (host.In == TopologyNetwork.Internet)
        {
            var first = _publicHost;
            _publicHost += host.Addresses;
            if (_publicHost > byte.MaxValue)
            {
                throw new LabException("So many hosts do not fit into 203.0.113.0/24.");
            }

            return new(
                name, null, [.. Enumerable.Range(first, host.Addresses).Select(number => IpAddress.Parse($"203.0.113.{number}"))], IpAddress.Parse($"2001:db8::{first:x}"));
        }

        var network = _networks[host.In];
        var before = _hosts.GetValueOrDefault(network);
        _hosts[network] = before + host.Addresses;
        var begin = (network.IsOpen ? 2 : FirstHost) + before;
        if (network.IsOpen && begin + host.Addresses >= PublicBlock - _boxes.GetValueOrDefault(network))
        {
            throw new LabException($"So many hosts do not fit into the public network '{network.Name}'.");
        }

        return new(
            name, network, [.. Enumerable.Range(begin, host.Addresses).Select(number => PlannedNetwork.Nth(network.Inner, number))],
            PlannedNetwork.Nth(network.Inner6, begin));
    }
}

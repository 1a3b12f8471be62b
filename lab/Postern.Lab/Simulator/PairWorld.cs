using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Net;

namespace Postern.Lab.Simulator;

/// <summary>
/// Two peers behind their boxes, and the whole server side between them:
/// <code>
///   one ── box ── … ──┐
///                     ├── internet ── server: switchboard, relay, Binding
///   other ── box ── … ┘
/// </code>
/// Outer addresses are those set apart for documentation (RFC 5737 §3, RFC 3849 §2), those between two NATs RFC 6598's.
/// </summary>
public sealed class PairWorld : IDisposable
{
    private static readonly IpPrefix[] Public =
        [IpPrefix.Parse("192.0.2.0/24"), IpPrefix.Parse("198.51.100.0/24"), IpPrefix.Parse("203.0.113.0/24"), IpPrefix.Parse("2001:db8::/32")];

    private readonly PairOptions _options;
    private readonly PairKeys _keys;
    private readonly bool _ownsKeys;
    private int _outer;
    private int _shared;

    /// <param name="options">What stands in it.</param>
    /// <param name="random">From one seed.</param>
    /// <param name="keys">Keys that it borrows; null to make its own.</param>
    public PairWorld(PairOptions options, IRandom random, PairKeys? keys = null)
    {
        (_options, _keys, _ownsKeys) = (options, keys ?? new(), keys is null);
        World = new(random);
        var link = new LinkRules { Delay = options.ServerToMiddle, Hops = 1 };
        string[] addresses = ["203.0.113.2", .. options.ServerHasTwoAddresses ? ["203.0.113.3"] : Array.Empty<string>(), .. options.HasIpv6 ? ["2001:db8::2"] : Array.Empty<string>()];
        Server = new(World.Internet.AddNetwork("server", new OpenBox(), link, link).Inner, [.. addresses.Select(IpAddress.Parse)], _keys.Server, Public);
        One = Build(1, options.One, null);
        Other = Build(2, options.Other, options.ShareOutermost ? One.Gateways[^1] : null);
    }

    public World World { get; }

    public LabServer Server { get; }

    /// <summary>The one that calls.</summary>
    public Home One { get; }

    public Home Other { get; }

    /// <summary>Waits until both peers can call.</summary>
    public bool RunUntilReady(double seconds = 30) => World.RunUntil(() => One.Peer.IsReady && Other.Peer.IsReady, TimeSpan.FromSeconds(seconds));

    /// <summary>The first calls the other; false where they are not ready or cannot connect in time.</summary>
    public bool Connect(double seconds = 30)
    {
        if (!RunUntilReady())
        {
            return false;
        }

        One.Peer.Call(Other.Peer.Name);
        return World.RunUntil(() => IsConnected(One) && IsConnected(Other), TimeSpan.FromSeconds(seconds));
    }

    public void Dispose()
    {
        One.Peer.Dispose();
        Other.Peer.Dispose();
        if (_ownsKeys)
        {
            _keys.Dispose();
        }
    }

    private static bool IsConnected(Home home) => home.Peer.Calls is [.., { ConnectedAt: not null }];

    private Home Build(int number, BoxDescription description, Gateway? shared)
    {
        var boxes = BoxCatalogue.Boxes(description);
        var own = shared is null ? boxes : [.. boxes.SkipLast(1)];
        var gateways = new List<Gateway>();
        var network = shared?.Inner ?? World.Internet;
        foreach (var (depth, box) in own.Index().Reverse())
        {
            gateways.Insert(0, Add(network, $"home{number}{(depth == 0 ? "" : $".{depth}")}", box, isOutermost: depth == own.Count - 1 && shared is null));
            network = gateways[0].Inner;
        }

        if (shared is not null)
        {
            gateways.Add(shared);
        }

        var computer = new Computer(network, Addresses(number, boxes));
        var peer = new PeerProgram(computer, new()
        {
            Name = number == 1 ? "alice" : "bob",
            Server = Server.Endpoints,
            Keys = number == 1 ? _keys.One : _keys.Other,
            StunServers = _options.Measures ? Server.StunServers : [],
            RelayOnly = _options.RelayOnly,
            Probe = _options.Probe,
        });
        return new(gateways, computer, peer);
    }

    private Gateway Add(Network network, string name, BoxDescription description, bool isOutermost)
    {
        var outer = Enumerable.Range(0, BoxCatalogue.OuterAddresses(description))
            .Select(_ => IpAddress.Parse(isOutermost ? $"198.51.100.{++_outer}" : $"100.64.0.{++_shared + 1}")).ToArray();
        var box = BoxCatalogue.Build(description, outer, World.Random, AddressOf);
        var link = isOutermost ? _options.Link with { Delay = _options.ToMiddle } : new LinkRules { Delay = TimeSpan.FromMilliseconds(1) };
        return network.AddNetwork(name, box, link, link);
    }

    /// <summary>Where nothing translates, the computer itself has a public address.</summary>
    private IpAddress[] Addresses(int number, IReadOnlyList<BoxDescription> boxes)
    {
        var isHidden = boxes.Any(box => BoxCatalogue.OuterAddresses(box) > 0);
        var v4 = IpAddress.Parse(isHidden ? $"192.168.{number}.10" : $"192.0.2.{number + 9}");
        return _options.HasIpv6 ? [v4, IpAddress.Parse($"2001:db8:1:{number}::10")] : [v4];
    }

    private IReadOnlyList<IpAddress> AddressOf(string name) => name == "server" ? Server.Computer.Addresses : [];
}

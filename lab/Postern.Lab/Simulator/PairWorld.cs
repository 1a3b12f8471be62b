using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Simulator.Hosts;
using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Lab.Simulator;

/// <summary>
/// Two peers behind their boxes, and the whole server side between them:
/// <code>
///   one ── box ── … ──┐
///                     ├── internet ── server: switchboard, relay, Binding
///   other ── box ── … ┘       └────── proxy: where a box names it
/// </code>
/// </summary>
public sealed class PairWorld : IDisposable
{
    private static readonly IpPrefix[] Public =
        [IpPrefix.Parse("192.0.2.0/24"), IpPrefix.Parse("198.51.100.0/24"), IpPrefix.Parse("203.0.113.0/24"), IpPrefix.Parse("2001:db8::/32")];

    private static readonly LinkRules ProxyLink = new() { Delay = TimeSpan.FromMilliseconds(1), Hops = 1 }; // it stands near

    private readonly PairOptions _options;
    private readonly PairKeys _keys;
    private readonly bool _ownsKeys;
    private readonly HomeNetworks _homes;

    /// <param name="options">What stands in it.</param>
    /// <param name="random">From one seed.</param>
    /// <param name="keys">Keys that it borrows; null to make its own.</param>
    public PairWorld(PairOptions options, IRandom random, PairKeys? keys = null)
    {
        (_options, _keys, _ownsKeys) = (options, keys ?? new(), keys is null);
        World = new(random);
        var link = new LinkRules { Delay = options.ServerToMiddle, Hops = 1 };
        string[] addresses = ["203.0.113.2", .. options.ServerHasTwoAddresses ? ["203.0.113.3"] : Array.Empty<string>(), .. options.HasIpv6 ? ["2001:db8::2"] : Array.Empty<string>()];
        Server = new(World.Internet.AddNetwork("server", new OpenBox(), link, link).Inner, [.. addresses.Select(IpAddress.Parse)], _keys.Server, options.ServerPort, Public);
        if (options.ServerStartsAfter > TimeSpan.Zero)
        {
            Server.Kill();
            World.At(options.ServerStartsAfter, Server.Start);
        }

        if (WayOut.NamesProxy(options.One) || WayOut.NamesProxy(options.Other))
        {
            string[] places = ["203.0.113.4", .. options.HasIpv6 ? ["2001:db8::4"] : Array.Empty<string>()];
            Proxy = new(World.Internet.AddNetwork(LabProxy.Name, new OpenBox(), ProxyLink, ProxyLink).Inner, [.. places.Select(IpAddress.Parse)], ProxyRules.Usual);
        }

        _homes = new(World, options, AddressOf);
        One = Build(1, options.One, null);
        Other = Build(2, options.Other, options.ShareOutermost ? One.Gateways[^1] : null);
    }

    public World World { get; }

    public LabServer Server { get; }

    /// <summary>Of whoever stands behind a box that names it; null where none does.</summary>
    public LabProxy? Proxy { get; }

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

    private static bool IsConnected(Home home) => home.LastCall?.ConnectedAt is not null;

    private Home Build(int number, BoxDescription description, Gateway? shared)
    {
        var (gateways, computer) = _homes.Build(number, description, shared);
        var peer = new PeerProgram(computer, new()
        {
            Name = number == 1 ? "alice" : "bob",
            Server = Server.Endpoints,
            Proxy = WayOut.ProxyOf(description) is { } protocol ? Proxy?.Place(protocol) : null,
            Keys = number == 1 ? _keys.One : _keys.Other,
            StunServers = _options.Measures ? Server.StunServers : [],
            StartsAfter = number == 1 ? _options.OneStartsAfter : _options.OtherStartsAfter,
            RelayOnly = _options.RelayOnly,
            Remembered = _options.Remembered,
            Probe = number == 1 ? _options.Probe : _options.OtherProbe ?? _options.Probe,
            Budget = _options.Budget?.Invoke() ?? new ProbeBudget(),
            Memories = _options.Memories?.Invoke(),
        });
        return new(gateways, computer, peer);
    }

    private IReadOnlyList<IpAddress> AddressOf(string name) => name switch
    {
        "server" => Server.Computer.Addresses,
        LabProxy.Name => Proxy?.Computer.Addresses ?? [],
        _ => [],
    };
}

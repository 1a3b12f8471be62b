using Postern.Discovery;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Turn;

namespace Postern.Server.Relay;

/// <summary>Which addresses a relay binds and which it tells the world.</summary>
internal sealed class RelayPlaces
{
    // Any address of the open internet: only the route towards it matters, nothing is sent.
    private static readonly IpAddress SomewhereV4 = IpAddress.Parse("1.1.1.1");
    private static readonly IpAddress SomewhereV6 = IpAddress.Parse("2606:4700::1111");

    private readonly IpAddress? _bindV4;
    private readonly IpAddress? _bindV6;

    public RelayPlaces(RelayDriverOptions options)
    {
        _bindV4 = FirstOf(options.Listen, v4: true);
        _bindV6 = FirstOf(options.Listen, v4: false);
        PublicV4 = Seen(_bindV4, options.PublicV4, SomewhereV4);
        PublicV6 = Seen(_bindV6, options.PublicV6, SomewhereV6);
    }

    /// <summary>The address of IPv4 relayed endpoints; null where IPv4 is not served.</summary>
    public IpAddress? PublicV4 { get; }

    public IpAddress? PublicV6 { get; }

    /// <summary>What the machine is told.</summary>
    public RelayOptions Machine(RelayDriverOptions options, IReadOnlyList<Endpoint> listening) => new()
    {
        Credentials = new()
        {
            Realm = options.Realm,
            Users = options.Users,
            UnixSeconds = _ => options.Time.GetUtcNow().ToUnixTimeSeconds(),
            NonceSecret = options.NonceSecret,
        },
        Listening = listening,
        RelayV4 = PublicV4,
        RelayV6 = PublicV6,
        FirstPort = options.FirstPort,
        LastPort = options.LastPort,
        Peers = options.Peers,
        Quotas = options.Quotas,
        Sessions = options.Sessions,
        TakesOldChannels = options.TakesOldChannels,
    };

    /// <summary>Where the socket of a relayed endpoint is bound.</summary>
    public Endpoint Bind(Endpoint relayed) => relayed with { Address = (relayed.IsV4 ? _bindV4 : _bindV6) ?? relayed.Address };

    /// <summary>An endpoint of ours as the world sees it.</summary>
    public Endpoint Public(Endpoint listening)
    {
        var isFirst = listening.Address == (listening.IsV4 ? _bindV4 : _bindV6);
        return isFirst && (listening.IsV4 ? PublicV4 : PublicV6) is { } seen ? listening with { Address = seen } : listening;
    }

    /// <summary>The sockets for STUN (RFC 5780 §6.1), family by family.</summary>
    public BindingSites[] Sites(IReadOnlyList<Endpoint> listening, IReadOnlyList<Endpoint> second) =>
    [
        .. listening.GroupBy(endpoint => endpoint.IsV4).Select(family =>
        {
            var first = family.First();
            var seen = Public(first).Address;
            var other = family.FirstOrDefault(endpoint => endpoint.Address != first.Address && endpoint.Port == first.Port);
            var secondPort = second.FirstOrDefault(endpoint => endpoint.Address == first.Address).Port;
            return secondPort == 0 ? BindingSites.OnePort(first, seen)
                : other == Endpoint.None || !second.Contains(other with { Port = secondPort }) ? BindingSites.OneAddress(first, secondPort, seen)
                : BindingSites.TwoAddresses(first, secondPort, other.Address, seen);
        }),
    ];

    private static IpAddress? FirstOf(IReadOnlyList<Endpoint> listen, bool v4)
    {
        foreach (var endpoint in listen)
        {
            if (endpoint.IsV4 == v4)
            {
                return endpoint.Address;
            }
        }

        return null;
    }

    private static IpAddress? Seen(IpAddress? bind, IpAddress? told, IpAddress towards)
    {
        if (bind is not { } address)
        {
            return null;
        }

        return told ?? (address.IsUnspecified ? LocalAddresses.RouteTo(towards) ?? (address.IsV4 ? IpAddress.Loopback : IpAddress.LoopbackV6) : address);
    }
}

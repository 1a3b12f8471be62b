using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>
/// The sockets of one address family of a STUN server (RFC 5780 §6.1): A1:P1, A1:P2 and, where it has a second address,
/// A2:P1 and A2:P2, in this order.
/// </summary>
public sealed class BindingSites
{
    private readonly BindingSite[] _sites;

    private BindingSites(params BindingSite[] sites) => _sites = sites;

    public bool HasSecondAddress => _sites.Length == 4;

    public bool HasSecondPort => _sites.Length >= 2;

    public IReadOnlyList<BindingSite> All => _sites;

    /// <summary>A server with one socket only: it can tell a mapped address and nothing about filtering.</summary>
    public static BindingSites OnePort(Endpoint primary, IpAddress? publicAddress = null) =>
        new(Site(primary.Address, primary.Port, publicAddress));

    /// <summary>A server with one address and two ports.</summary>
    public static BindingSites OneAddress(Endpoint primary, ushort secondPort, IpAddress? publicAddress = null) =>
        secondPort == primary.Port
            ? throw new ArgumentException("The second port is the first.", nameof(secondPort))
            : new(Site(primary.Address, primary.Port, publicAddress), Site(primary.Address, secondPort, publicAddress));

    /// <summary>A server with two addresses of one family, each with the same two ports: all that RFC 5780 asks for.</summary>
    public static BindingSites TwoAddresses(
        Endpoint primary, ushort secondPort, IpAddress secondAddress, IpAddress? publicAddress = null, IpAddress? secondPublicAddress = null)
    {
        if (secondAddress == primary.Address || secondAddress.IsV4 != primary.IsV4 || secondPort == primary.Port)
        {
            throw new ArgumentException("The second address must be another of the same family, the second port another port.", nameof(secondAddress));
        }

        return new(
            Site(primary.Address, primary.Port, publicAddress),
            Site(primary.Address, secondPort, publicAddress),
            Site(secondAddress, primary.Port, secondPublicAddress),
            Site(secondAddress, secondPort, secondPublicAddress));
    }

    /// <summary>The place of the socket on which a datagram came in, or -1.</summary>
    internal int IndexOf(Endpoint local)
    {
        for (var i = 0; i < _sites.Length; i++)
        {
            if (_sites[i].Local == local)
            {
                return i;
            }
        }

        return -1;
    }

    /// <summary>RFC 5780 §6.1, table 1: the socket that differs in address, port or both; false where there is none.</summary>
    internal bool TryChange(int index, bool address, bool port, out BindingSite site)
    {
        var other = index ^ (address ? 2 : 0) ^ (port ? 1 : 0);
        site = other < _sites.Length ? _sites[other] : default;
        return other < _sites.Length;
    }

    internal bool IsOwn(Endpoint endpoint)
    {
        foreach (var site in _sites)
        {
            if (site.Local == endpoint || site.Public == endpoint)
            {
                return true;
            }
        }

        return false;
    }

    private static BindingSite Site(IpAddress local, ushort port, IpAddress? publicAddress) => new(new(local, port), new(publicAddress ?? local, port));
}

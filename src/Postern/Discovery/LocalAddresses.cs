using System.Net.NetworkInformation;
using System.Net.Sockets;
using Postern.Protocol.Net;

namespace Postern.Discovery;

/// <summary>The addresses from which this machine can speak.</summary>
internal static class LocalAddresses
{
    /// <summary>RFC 8445 §5.1.1.1: no more host candidates than are of use; a machine with more addresses uses the first.</summary>
    private const int Limit = 8;

    /// <summary>
    /// The machine's unicast addresses, the one that leads towards <paramref name="towards"/> first in each family. Link-local
    /// addresses are left out; loopback ones are given only when <paramref name="towards"/> is itself a loopback address.
    /// </summary>
    public static IReadOnlyList<IpAddress> Find(params IReadOnlyCollection<IpAddress> towards)
    {
        var found = new List<IpAddress>();
        foreach (var target in towards)
        {
            if (RouteTo(target) is { } source && !found.Contains(source))
            {
                found.Add(source);
            }
        }

        foreach (var address in OfInterfaces())
        {
            if (!found.Contains(address))
            {
                found.Add(address);
            }
        }

        return found.Count <= Limit ? found : found[..Limit];
    }

    /// <summary>Every address of every interface, loopback and link-local ones included.</summary>
    public static IEnumerable<IpAddress> All() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        from unicast in network.GetIPProperties().UnicastAddresses
        select IpAddress.From(unicast.Address);

    /// <summary>The source address that the system's routes choose towards a target; null where none leads there.</summary>
    public static IpAddress? RouteTo(IpAddress target)
    {
        try
        {
            using var probe = new Socket(target.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            probe.Connect(target.ToIPAddress(), 9); // connecting a UDP socket sends nothing
            return IpAddress.From(((System.Net.IPEndPoint)probe.LocalEndPoint!).Address);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    private static IEnumerable<IpAddress> OfInterfaces() =>
        from network in NetworkInterface.GetAllNetworkInterfaces()
        where network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown
        from unicast in network.GetIPProperties().UnicastAddresses
        let address = IpAddress.From(unicast.Address)
        where !address.IsLoopback && !address.IsLinkLocal && !address.IsUnspecified
        select address;
}

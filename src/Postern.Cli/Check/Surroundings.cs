using System.Net.NetworkInformation;
using Postern.Discovery;
using Postern.Firewalls.Rules;
using Postern.Protocol.Net;

namespace Postern.Cli.Check;

/// <summary>What this computer says of itself and its network.</summary>
internal static class Surroundings
{
    private const string EphemeralFile = "/proc/sys/net/ipv4/ip_local_port_range";

    public static IpAddress? SourceTowards(IpAddress target) => LocalAddresses.RouteTo(target);

    /// <summary>The interface that leads to the target; null where none does.</summary>
    public static string? InterfaceTowards(IpAddress target)
    {
        if (SourceTowards(target) is not { } source)
        {
            return null;
        }

        var links = NetworkInterface.GetAllNetworkInterfaces();
        return Array.Find(links, link => link.GetIPProperties().UnicastAddresses.Any(own => IpAddress.From(own.Address) == source))?.Name;
    }

    /// <summary>The ports that the system gives to sockets that ask for none, as it is set now; null where it does not say.</summary>
    public static PortSet? EphemeralPorts()
    {
        try
        {
            var words = File.ReadAllText(EphemeralFile).Split((char[])[' ', '\t', '\n'], StringSplitOptions.RemoveEmptyEntries);
            return words is [var first, var last] && PortSet.TryParse($"{first}-{last}", out var ports) ? ports : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

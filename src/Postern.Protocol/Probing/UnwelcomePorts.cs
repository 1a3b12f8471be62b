namespace Postern.Protocol.Probing;

/// <summary>
/// Ports towards which nothing of a call's begins, guessed or named by the other side: a packet there means something else to
/// somebody. They are answered where the other side has sent from them. Our own servers may listen there.
/// </summary>
public static class UnwelcomePorts
{
    private const ushort FirstWelcome = 1024; // RFC 6335 §6: system ports lie below; detectors weigh them threefold

    private static readonly HashSet<ushort> Unwelcome =
    [
        // portsentry's advanced UDP and TCP traps above 1023 (portsentry.conf, 1.2) and Sophos UTM's port 2000 (docs.sophos.com, anti-portscan)
        1080, 1524, 2000, 5742, 6667, 12345, 12346, 20034, 27444, 27665, 31335, 31337, 32770, 32771, 32772, 32773, 32774, 34555, 37444, 40421, 49724, 54320, 54321,

        // services that answer or act upon UDP (IANA, Service Name and Transport Protocol Port Number Registry)
        1194, 1434, 1645, 1646, 1701, 1812, 1813, 1900, 2049, 2427, 3389, 3478, 3544, 3702, 4500, 5060, 5061, 5349, 5351, 5353, 5355, 5683, 5684,
        11211, 27015, 33434, 47808, 51820,
    ];

    /// <summary>How many ports of a range are not among them, whatever a peer claims of it.</summary>
    public static int LeftOf(int first, int size)
    {
        var beyond = Math.Min((long)first + size, ushort.MaxValue + 1);
        return (int)Math.Max(0, beyond - Math.Max(first, FirstWelcome) - Unwelcome.Count(port => port >= first && port < beyond));
    }

    public static bool Contains(int port) => port is < FirstWelcome or > ushort.MaxValue || Unwelcome.Contains((ushort)port);
}

using System.Net;
using System.Net.Sockets;

namespace Postern.Net.Tests.Networks;

/// <summary>
/// Ports for those who must be told one. They lie below those that the system hands out by itself (from 32768 on), so that no
/// other socket of the tests can take one between our look and its use; and none is given out twice.
/// </summary>
public static class FreePort
{
    private const int First = 16_000;
    private const int Last = 32_000;

    private static int _next = Random.Shared.Next(First, Last);

    /// <summary>The first of so many ports in a row that are free on loopback for UDP and TCP.</summary>
    public static int Next(int count = 1)
    {
        for (var attempt = 0; attempt < 1000; attempt++)
        {
            var port = First + (int)((uint)(Interlocked.Add(ref _next, count) - First - count) % (Last - First));
            if (Enumerable.Range(port, count).All(IsFree))
            {
                return port;
            }
        }

        throw new InvalidOperationException($"No {count} free ports in a row.");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var udp = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            udp.Bind(new IPEndPoint(IPAddress.Any, port));
            using var tcp = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Any, port));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;

namespace Postern.Cli.Punch;

/// <summary>
/// A UDP socket that shares its port. <c>open</c> must send from the port that <c>listen</c> holds, and without root only a
/// second socket on the same port can. Linux lets two sockets share a port that both bind with SO_REUSEADDR, and gives
/// what arrives to the one bound last; so <c>open</c> is connected, sends and is closed within a fraction of a millisecond, and
/// all that comes later is the listener's. (SO_REUSEPORT, which .NET's ReuseAddress sets as well, would spread arrivals
/// over both by a hash.)
/// </summary>
internal static class PunchSocket
{
    private const int SolSocket = 1;
    private const int SoReuseAddress = 2;

    /// <summary>Binds to every address of the family; port 0 lets the system choose.</summary>
    /// <param name="port">The port.</param>
    /// <param name="v4Only">False for a socket that speaks IPv4 and IPv6.</param>
    public static Socket Bind(int port, bool v4Only)
    {
        if (port is < 0 or > ushort.MaxValue)
        {
            throw new PunchFailure(PunchExit.Usage, $"{port} is no port: ports are 1 to 65535.");
        }

        var socket = v4Only || !Socket.OSSupportsIPv6
            ? new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp)
            : new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp) { DualMode = true };
        try
        {
            if (OperatingSystem.IsLinux())
            {
                socket.SetRawSocketOption(SolSocket, SoReuseAddress, BitConverter.GetBytes(1));
            }

            socket.Bind(new IPEndPoint(socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, port));
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new PunchFailure(PunchExit.Failed, Refusal(port, e));
        }
    }

    /// <summary>Sends one datagram, empty if the bytes are, from a port that is held no longer than that takes.</summary>
    /// <returns>The port that it left from.</returns>
    public static int SendOnce(int fromPort, Endpoint target, ReadOnlySpan<byte> bytes, int? timeToLive = null)
    {
        using var socket = Bind(fromPort, target.IsV4);
        try
        {
            if (timeToLive is { } ttl)
            {
                var level = target.IsV4 ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
                socket.SetSocketOption(level, target.IsV4 ? SocketOptionName.IpTimeToLive : SocketOptionName.HopLimit, ttl);
            }

            socket.Connect(target.Address.ToIPAddress(), target.Port);
            socket.Send(bytes);
            return ((IPEndPoint)socket.LocalEndPoint!).Port;
        }
        catch (SocketException e)
        {
            throw new PunchFailure(PunchExit.Failed, $"Nothing could be sent to {target}: {e.Message}.");
        }
    }

    private static string Refusal(int port, SocketException e) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"Port {port} is held by a program that does not share it; 'postern punch listen' does.",
        SocketError.AccessDenied => $"Port {port} is below 1024 and needs root here; any higher one does as well.",
        _ => $"Port {port} cannot be had: {e.Message}.",
    };
}

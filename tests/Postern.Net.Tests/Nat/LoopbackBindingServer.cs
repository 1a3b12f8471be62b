using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Nat;

/// <summary>A <see cref="BindingServer"/> on 127.0.0.1 and 127.0.0.2 with two ports each, until it is disposed of.</summary>
internal sealed class LoopbackBindingServer : IDisposable
{
    private static readonly IPAddress[] Addresses = [IPAddress.Loopback, IPAddress.Parse("127.0.0.2")];

    private readonly Dictionary<Endpoint, Socket> _sockets = [];
    private readonly BindingServer _server;

    public LoopbackBindingServer()
    {
        var first = BindPair(0);
        var second = BindPair(0);
        Primary = new(Addresses[0], first);
        SecondPort = second;
        _server = new((_, _, _) => true, BindingSites.TwoAddresses(Primary, second, Addresses[1]));
        foreach (var (local, socket) in _sockets)
        {
            new Thread(() => Serve(socket, local)) { IsBackground = true }.Start();
        }
    }

    public Endpoint Primary { get; }

    public ushort SecondPort { get; }

    public void Dispose()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }
    }

    // The same port on both addresses; the system chooses it.
    private ushort BindPair(int attempt)
    {
        var one = Bind(Addresses[0], 0);
        var port = ((IPEndPoint)one.LocalEndPoint!).Port;
        try
        {
            var two = Bind(Addresses[1], port);
            _sockets[new(Addresses[0], (ushort)port)] = one;
            _sockets[new(Addresses[1], (ushort)port)] = two;
            return (ushort)port;
        }
        catch (SocketException) when (attempt < 20)
        {
            one.Dispose();
            return BindPair(attempt + 1);
        }
    }

    private static Socket Bind(IPAddress address, int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    }

    private void Serve(Socket socket, Endpoint local)
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = socket.ReceiveFrom(buffer, ref from);
                var source = (IPEndPoint)from;
                lock (_server)
                {
                    _server.HandleDatagram(buffer.AsSpan(0, length), new(source.Address, (ushort)source.Port), local, Instant.Zero);
                    while (_server.TryTransmit(buffer, out var transmit))
                    {
                        _sockets[transmit.Source].SendTo(buffer.AsSpan(0, transmit.Length), new IPEndPoint(transmit.Destination.Address.ToIPAddress(), transmit.Destination.Port));
                    }
                }
            }
        }
        catch (SocketException)
        {
            // The socket was closed: the server ends.
        }
        catch (ObjectDisposedException)
        {
            // Likewise.
        }
    }
}

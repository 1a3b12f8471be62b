using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Net.Tests.Nat;

/// <summary>A <see cref="BindingServer"/> on two addresses with two ports each, until it is disposed of.</summary>
internal sealed class SocketBindingServer : IDisposable
{
    private readonly IPAddress[] _addresses;
    private readonly Func<Func<Socket>, Socket> _open;
    private readonly Dictionary<Endpoint, Socket> _sockets = [];
    private readonly BindingServer _server;

    /// <summary>On 127.0.0.1 and 127.0.0.2.</summary>
    public SocketBindingServer()
        : this("127.0.0.1", "127.0.0.2", open => open())
    {
    }

    /// <param name="address">The primary address.</param>
    /// <param name="second">The second one.</param>
    /// <param name="open">Opens a socket where it belongs, such as in a namespace.</param>
    public SocketBindingServer(string address, string second, Func<Func<Socket>, Socket> open)
    {
        _addresses = [IPAddress.Parse(address), IPAddress.Parse(second)];
        _open = open;
        Primary = new(_addresses[0], BindPair(0));
        SecondPort = BindPair(0);
        _server = new((_, _, _) => true, BindingSites.TwoAddresses(Primary, SecondPort, _addresses[1]));
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
        var one = Bind(_addresses[0], 0);
        var port = ((IPEndPoint)one.LocalEndPoint!).Port;
        try
        {
            var two = Bind(_addresses[1], port);
            _sockets[new(_addresses[0], (ushort)port)] = one;
            _sockets[new(_addresses[1], (ushort)port)] = two;
            return (ushort)port;
        }
        catch (SocketException) when (attempt < 20)
        {
            one.Dispose();
            return BindPair(attempt + 1);
        }
    }

    private Socket Bind(IPAddress address, int port) => _open(() =>
    {
        var socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(address, port));
        return socket;
    });

    private void Serve(Socket socket, Endpoint local)
    {
        var buffer = new byte[2048];
        try
        {
            while (true)
            {
                EndPoint from = new IPEndPoint(local.IsV4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
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

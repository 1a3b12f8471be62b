using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;
using Postern.Tests.Kit;

namespace Postern.Net.Tests.Dtls;

/// <summary>Stands before a UDP server on loopback, forwards to it and back, and loses what its seed says.</summary>
public sealed class LossyForwarder : IDisposable
{
    private readonly Socket _front = Bound();
    private readonly Socket _back = Bound();
    private readonly EndPoint _server;
    private readonly double _loss;
    private readonly SeededRandom _random;
    private readonly Thread _thread;
    private volatile bool _stopping;

    public LossyForwarder(EndPoint server, double loss, ulong seed)
    {
        _server = server;
        _loss = loss;
        _random = new(seed);
        _thread = new Thread(Forward) { IsBackground = true };
        _thread.Start();
    }

    public IPEndPoint Endpoint => (IPEndPoint)_front.LocalEndPoint!;

    public int Lost { get; private set; }

    public void Dispose()
    {
        _stopping = true;
        _thread.Join();
        _front.Dispose();
        _back.Dispose();
    }

    private static Socket Bound()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return socket;
    }

    private void Forward()
    {
        var buffer = new byte[65536];
        EndPoint? client = null;
        while (!_stopping)
        {
            var ready = new List<Socket> { _front, _back };
            Socket.Select(ready, null, null, 20_000);
            foreach (var socket in ready)
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = socket.ReceiveFrom(buffer, ref from);
                client = socket == _front ? from : client;
                if (_random.NextDouble() < _loss)
                {
                    Lost++;
                }
                else if (socket == _front)
                {
                    _back.SendTo(buffer.AsSpan(0, length), _server);
                }
                else if (client is not null)
                {
                    _front.SendTo(buffer.AsSpan(0, length), client);
                }
            }
        }
    }
}

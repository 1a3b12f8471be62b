using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;
using Postern.Transports;
using RelayMachine = Postern.Protocol.Turn.Relay;

namespace Postern.Server.Relay;

/// <summary>One UDP socket of a relay with its receive loop. A datagram costs no allocation, in or out.</summary>
internal sealed class RelaySocket : IDisposable
{
    /// <summary>What a listening socket takes: the largest UDP datagram.</summary>
    public const int ListeningMaximum = 65535;

    /// <summary>What a relayed socket takes: more than any path's MTU but a jumbo's; thousands of sockets hold such buffers.</summary>
    public const int RelayedMaximum = 4096;

    // The kernel caps it at net.core.rmem_max.
    private const int ListeningKernelBuffer = 8 << 20;
    private const int RelayedKernelBuffer = 1 << 20;

    private readonly Socket _socket;
    private readonly int _maximum;
    private readonly TargetScratch _control = new();
    private volatile bool _isClosed;

    private RelaySocket(Socket socket, Endpoint name, Endpoint bound, bool isListening)
    {
        _socket = socket;
        _maximum = isListening ? ListeningMaximum : RelayedMaximum;
        Name = name;
        Bound = bound;
        IsListening = isListening;
    }

    /// <summary>Takes a datagram that lies at <see cref="RelayMachine.Headroom"/> of the buffer.</summary>
    public delegate void Receiver(RelaySocket socket, byte[] buffer, int length, Endpoint source);

    /// <summary>What the machine calls it: the relayed endpoint as the world sees it, or the listening one.</summary>
    public Endpoint Name { get; }

    public Endpoint Bound { get; }

    public bool IsListening { get; }

    /// <summary>Ends with the receive loop.</summary>
    public Task Completion { get; private set; } = Task.CompletedTask;

    /// <summary>A socket that clients send to; its name is what it is bound to.</summary>
    public static RelaySocket Listen(Endpoint local)
    {
        var socket = Open(local, ListeningKernelBuffer);
        var bound = local with { Port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port };
        return new(socket, bound, bound, isListening: true);
    }

    /// <summary>The socket of an allocation; null where the system refuses.</summary>
    public static RelaySocket? TryRelay(Endpoint name, Endpoint local)
    {
        try
        {
            return new(Open(local, RelayedKernelBuffer), name, local, isListening: false);
        }
        catch (SocketException)
        {
            return null;
        }
    }

    public void Start(Receiver receiver) => Completion = ReceiveAsync(receiver);

    /// <summary>For what this socket's own loop sends.</summary>
    public TargetScratch Scratch { get; } = new();

    /// <summary>Sends now or not at all; only from the loop that <paramref name="scratch"/> belongs to.</summary>
    public void Send(ReadOnlySpan<byte> datagram, Endpoint target, TargetScratch scratch)
    {
        try
        {
            _socket.SendTo(datagram, SocketFlags.None, scratch.Write(target));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // a full buffer or an unreachable network: lost, as any datagram may be
        }
    }

    /// <summary>The same from under the driver's lock.</summary>
    public void Send(ReadOnlySpan<byte> datagram, Endpoint target) => Send(datagram, target, _control);

    public void Dispose()
    {
        _isClosed = true;
        _socket.Dispose();
    }

    private static Socket Open(Endpoint local, int kernelBuffer)
    {
        var socket = new Socket(local.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (!local.IsV4)
            {
                socket.DualMode = false;
            }

            socket.ReceiveBufferSize = kernelBuffer;
            socket.SendBufferSize = kernelBuffer;
            socket.Bind(new IPEndPoint(local.Address.ToIPAddress(), local.Port));
            socket.Blocking = false;
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private async Task ReceiveAsync(Receiver receiver)
    {
        await Task.Yield(); // whoever starts it holds the driver's lock
        var buffer = new byte[RelayMachine.Headroom + _maximum + 1 + RelayMachine.Tailroom];
        var room = buffer.AsMemory(RelayMachine.Headroom, _maximum + 1); // one more, to notice what was cut off
        var source = new SocketAddress(_socket.AddressFamily);
        while (!_isClosed)
        {
            try
            {
                var length = await _socket.ReceiveFromAsync(room, SocketFlags.None, source).ConfigureAwait(false);
                if (length <= _maximum)
                {
                    receiver(this, buffer, length, source.ToEndpoint());
                }
            }
            catch (SocketException)
            {
                // an ICMP error of an earlier datagram, or the end
            }
            catch (ObjectDisposedException)
            {
                return;
            }
        }
    }
}

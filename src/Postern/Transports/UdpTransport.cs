using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Transports;

/// <summary>
/// One bound UDP socket: sends without blocking and hands each received datagram to one receiver. Sending and receiving
/// allocate nothing per datagram.
/// </summary>
internal sealed class UdpTransport : IDisposable
{
    private const byte DefaultTimeToLive = 64;
    private const int Draws = 8; // one port in a thousand is unwelcome; so many in a row are a range of nothing else

    private readonly Socket _socket;
    private readonly SocketAddress _destination;
    private readonly CancellationTokenSource _stop = new();
    private readonly int _largestDatagram;
    private ProhibitionReceiver? _prohibited;

    private UdpTransport(Socket socket, Endpoint local, int largestDatagram)
    {
        _socket = socket;
        _largestDatagram = largestDatagram;
        _destination = new SocketAddress(socket.AddressFamily);
        Local = local;
    }

    /// <summary>Takes one datagram, on the receive loop's thread.</summary>
    public delegate void Receiver(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint local);

    /// <summary>Hears that a datagram to <paramref name="destination"/> was "administratively prohibited", on a thread of the pool.</summary>
    public delegate void ProhibitionReceiver(Endpoint local, Endpoint destination, IpAddress reporter);

    /// <summary>The endpoint that the socket is bound to.</summary>
    public Endpoint Local { get; }

    /// <summary>Whether this computer's own firewall has refused a datagram of it; known once <see cref="Send"/> returns.</summary>
    public bool IsRefusedHere { get; private set; }

    /// <summary>
    /// Binds a socket; port 0 lets the system choose, and choose anew where it took one that others begin nothing towards. A port
    /// that is named is taken as it is. Throws <see cref="SocketException"/> where the system refuses.
    /// </summary>
    public static UdpTransport Bind(Endpoint local, UdpTransportOptions? options = null)
    {
        options ??= UdpTransportOptions.Usual;
        var first = BindOnce(local, options);
        return local.Port != 0 || !UnwelcomePorts.Contains(first.Local.Port) ? first : BindElsewhere(first, options);
    }

    /// <summary>Receives until disposed; what a firewall prohibits is told where somebody wants to know, on Linux.</summary>
    public void Start(Receiver receiver, ProhibitionReceiver? prohibited = null)
    {
        _prohibited = prohibited;
        if (prohibited is not null)
        {
            ErrorQueue.Open(_socket);
        }

        _ = ReceiveAsync(receiver);
    }

    /// <summary>Data takes this socket now: it gets the kernel's room that such sockets have.</summary>
    public void Widen() => Widen(_socket, UdpTransportOptions.Usual.KernelBuffer);

    /// <summary>
    /// Sends now or not at all: a full buffer, an unreachable network and the like lose the datagram, as any network may.
    /// One caller at a time.
    /// </summary>
    public void Send(ReadOnlySpan<byte> datagram, Endpoint destination, byte timeToLive = 0)
    {
        try
        {
            destination.CopyTo(_destination);
            if (timeToLive != 0)
            {
                SetTimeToLive(timeToLive);
            }

            SendTwice(datagram);
        }
        catch (SocketException)
        {
            // a datagram lost; whoever sent it repeats or gives up by its own clock
        }
        catch (ObjectDisposedException)
        {
            // the call ended meanwhile
        }
        finally
        {
            if (timeToLive != 0)
            {
                SetTimeToLive(DefaultTimeToLive);
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _socket.Dispose();
        _stop.Dispose();
    }

    /// <summary>Those that will not do are held until there is another, lest the system choose one of them again.</summary>
    private static UdpTransport BindElsewhere(UdpTransport first, UdpTransportOptions options)
    {
        var held = new Stack<UdpTransport>([first]);
        try
        {
            while (held.Count < Draws && UnwelcomePorts.Contains(held.Peek().Local.Port))
            {
                held.Push(BindOnce(first.Local with { Port = 0 }, options));
            }
        }
        catch (SocketException)
        {
            // there is no other: that one will do
        }

        var chosen = held.Pop();
        foreach (var transport in held)
        {
            transport.Dispose();
        }

        return chosen;
    }

    private static UdpTransport BindOnce(Endpoint local, UdpTransportOptions options)
    {
        var socket = new Socket(local.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            if (!local.IsV4)
            {
                socket.DualMode = false;
            }

            Widen(socket, options.KernelBuffer);
            socket.Bind(new IPEndPoint(local.Address.ToIPAddress(), local.Port));
            socket.Blocking = false;
            return new(socket, local with { Port = (ushort)((IPEndPoint)socket.LocalEndPoint!).Port }, options.LargestDatagram);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    // Room for bursts while the receive loop waits for its turn.
    private static void Widen(Socket socket, int kernelBuffer)
    {
        if (kernelBuffer > socket.ReceiveBufferSize)
        {
            socket.ReceiveBufferSize = kernelBuffer;
            socket.SendBufferSize = kernelBuffer;
        }
    }

    /// <summary>
    /// An ICMP error of an earlier datagram stops the next one, whatever its destination: that one is sent again. One that this
    /// computer's own firewall has just refused is not; over IPv4 no ICMP error looks like that.
    /// </summary>
    private void SendTwice(ReadOnlySpan<byte> datagram)
    {
        try
        {
            _socket.SendTo(datagram, SocketFlags.None, _destination);
        }
        catch (SocketException e) when (_prohibited is not null && OperatingSystem.IsLinux())
        {
            IsRefusedHere |= (Local.IsV4 && e.SocketErrorCode == SocketError.AccessDenied) || SystemSend.IsRefused(_socket, datagram, _destination);
            ThreadPool.UnsafeQueueUserWorkItem(static transport => transport.TakeErrors(), this, preferLocal: false); // whoever sends holds a lock
        }
    }

    private void TakeErrors()
    {
        try
        {
            while (_prohibited is not null && ErrorQueue.TryTake(_socket, out var destination, out var reporter))
            {
                _prohibited(Local, destination, reporter);
            }
        }
        catch (ObjectDisposedException)
        {
            // the call ended meanwhile
        }
    }

    private void SetTimeToLive(byte timeToLive)
    {
        try
        {
            var level = _socket.AddressFamily == AddressFamily.InterNetwork ? SocketOptionLevel.IP : SocketOptionLevel.IPv6;
            var name = level == SocketOptionLevel.IP ? SocketOptionName.IpTimeToLive : SocketOptionName.HopLimit;
            _socket.SetSocketOption(level, name, timeToLive);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // then it leaves with the usual one
        }
    }

    private async Task ReceiveAsync(Receiver receiver)
    {
        var buffer = GC.AllocateUninitializedArray<byte>(_largestDatagram, pinned: true);
        var source = new SocketAddress(_socket.AddressFamily);
        var stop = _stop.Token;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, source, stop).ConfigureAwait(false);
                receiver(buffer.AsSpan(0, length), source.ToEndpoint(), Local);
            }
            catch (SocketException)
            {
                TakeErrors(); // an ICMP error of an earlier datagram; the socket lives on
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                return;
            }
        }
    }
}

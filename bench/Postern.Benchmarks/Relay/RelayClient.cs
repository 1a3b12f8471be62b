using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.Turn;
using Postern.Transports;

namespace Postern.Benchmarks.Relay;

/// <summary>An allocation with a channel to one peer, on a socket of its own.</summary>
internal sealed class RelayClient : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { ReceiveTimeout = 50, ReceiveBufferSize = 1 << 20 };
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TurnAllocation _allocation;
    private readonly Endpoint _peer;
    private readonly byte[] _buffer = new byte[2048];

    /// <summary>Waits for the relay too, where it is only starting.</summary>
    public RelayClient(IMeasuredRelay relay, Endpoint peer)
    {
        _peer = peer;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _socket.Connect(relay.Server.Address.ToIPAddress(), relay.Server.Port);
        _allocation = new(SystemRandom.Instance, new()
        {
            Server = relay.Server,
            Local = new(IpAddress.Loopback, (ushort)((IPEndPoint)_socket.LocalEndPoint!).Port),
            Username = relay.Credential.Username,
            Password = relay.Credential.Password,
            Rto = TimeSpan.FromMilliseconds(100),
        });
        _allocation.Allocate(Now);
        RunUntil<TurnEvent.Allocated>();
        _allocation.BindChannel(peer, Now);
        RunUntil<TurnEvent.ChannelBound>();
        Relayed = new SocketAddress(AddressFamily.InterNetwork);
        _allocation.Relayed.CopyTo(Relayed);
    }

    /// <summary>Where the peer sends what is for us.</summary>
    public SocketAddress Relayed { get; }

    private Instant Now => new(_clock.Elapsed.Ticks + TimeSpan.TicksPerSecond);

    /// <summary>A payload as it goes to the relay: behind a channel's header.</summary>
    public byte[] Wrap(byte[] payload)
    {
        _allocation.TryWrap(payload, _peer, _buffer, out var transmit);
        return _buffer[..transmit.Length];
    }

    public void Send(byte[] datagram) => _socket.Send(datagram);

    /// <summary>False where nothing comes for a while.</summary>
    public bool TryReceive() => _socket.TryReceive(_buffer, out _);

    public void Dispose()
    {
        _allocation.Release(Now);
        Drain();
        _socket.Dispose();
    }

    private void RunUntil<T>()
        where T : TurnEvent
    {
        for (var end = Now + Patience; Now < end;)
        {
            Drain();
            while (_allocation.TryTakeEvent(out var happened))
            {
                if (happened is T)
                {
                    return;
                }

                if (happened is not TurnEvent.PermissionGranted)
                {
                    throw new InvalidOperationException($"The relay does not relay: {happened}");
                }
            }

            if (_socket.TryReceive(_buffer, out var length))
            {
                _allocation.HandleDatagram(_buffer.AsSpan(0, length), _allocation.Server, _allocation.Local, Now);
            }

            _allocation.HandleDeadline(Now);
        }

        throw new TimeoutException("The relay does not answer.");
    }

    private void Drain()
    {
        while (_allocation.TryTransmit(_buffer, out var transmit))
        {
            try
            {
                _socket.Send(_buffer.AsSpan(0, transmit.Length));
            }
            catch (SocketException)
            {
                // it is not there yet
            }
        }
    }
}

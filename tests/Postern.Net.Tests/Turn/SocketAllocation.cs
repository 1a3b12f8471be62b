using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;

namespace Postern.Net.Tests.Turn;

/// <summary>Our client's allocation on a real socket of the test's own, driven by hand.</summary>
internal sealed class SocketAllocation : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly Stopwatch _clock = Stopwatch.StartNew();
    private readonly TurnAllocation _allocation;
    private readonly byte[] _buffer = new byte[65536];

    public SocketAllocation(Endpoint server, string secret, Func<TurnAllocationOptions, TurnAllocationOptions>? change = null)
    {
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var credential = TurnRestCredential.Mint(secret, "session", "alice", DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);
        var options = new TurnAllocationOptions
        {
            Server = server,
            Local = new(IpAddress.Loopback, (ushort)((IPEndPoint)_socket.LocalEndPoint!).Port),
            Username = credential.Username,
            Password = credential.Password,
        };
        _allocation = new(SystemRandom.Instance, change?.Invoke(options) ?? options);
    }

    public TurnAllocation Machine => _allocation;

    public List<TurnEvent> Events { get; } = [];

    public Queue<(Endpoint Peer, byte[] Payload)> Received { get; } = new();

    public Instant Now => new(_clock.Elapsed.Ticks + TimeSpan.TicksPerSecond);

    /// <summary>Asks for the allocation and waits for it.</summary>
    public TurnEvent.Allocated Allocate()
    {
        _allocation.Allocate(Now);
        RunUntil(() => Events.Count > 0);
        return Events[0].ShouldBeOfType<TurnEvent.Allocated>();
    }

    public void Send(byte[] payload, Endpoint peer)
    {
        _allocation.TryWrap(payload, peer, _buffer, out var transmit).ShouldBeTrue();
        Send(transmit);
        Drain();
    }

    public void RunUntil(Func<bool> done, double seconds = 10)
    {
        var end = Now + TimeSpan.FromSeconds(seconds);
        Drain();
        while (!done() && Now < end)
        {
            var wait = (Instant.Min(_allocation.NextDeadline, end) - Now).TotalMilliseconds;
            if (_socket.Poll(TimeSpan.FromMilliseconds(Math.Clamp(wait, 0, 100)), SelectMode.SelectRead))
            {
                Receive();
            }

            if (_allocation.NextDeadline <= Now)
            {
                _allocation.HandleDeadline(Now);
            }

            Drain();
        }

        done().ShouldBeTrue(string.Join('\n', Events));
    }

    public void Dispose() => _socket.Dispose();

    private void Receive()
    {
        EndPoint from = new IPEndPoint(IPAddress.Any, 0);
        var length = _socket.ReceiveFrom(_buffer, ref from);
        var source = new Endpoint(((IPEndPoint)from).Address, (ushort)((IPEndPoint)from).Port);
        if (_allocation.TryUnwrap(_buffer.AsSpan(0, length), source, out var peer, out var payload))
        {
            Received.Enqueue((peer, payload.ToArray()));
        }
        else
        {
            _allocation.HandleDatagram(_buffer.AsSpan(0, length), source, _allocation.Local, Now);
        }
    }

    private void Drain()
    {
        while (_allocation.TryTakeEvent(out var happened))
        {
            Events.Add(happened);
        }

        while (_allocation.TryTransmit(_buffer, out var transmit))
        {
            Send(transmit);
        }
    }

    private void Send(Transmit transmit) =>
        _socket.SendTo(_buffer.AsSpan(0, transmit.Length), new IPEndPoint(transmit.Destination.Address.ToIPAddress(), transmit.Destination.Port));
}

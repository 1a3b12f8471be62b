using System.Net;
using System.Net.Sockets;
using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;

namespace Postern.Tests.Relay;

/// <summary>A client's allocation on a blocking loopback socket, for tests of the driver: each step waits for its answer.</summary>
internal sealed class LoopbackClient : IDisposable
{
    private const int Patience = 10_000; // milliseconds

    private readonly Socket _socket;
    private readonly byte[] _buffer = new byte[65536];
    private readonly long _started = TimeProvider.System.GetTimestamp();

    public LoopbackClient(Endpoint server, string secret, string session = "s", string name = "ann")
    {
        _socket = new(server.IsV4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(server.IsV4 ? IPAddress.Loopback : IPAddress.IPv6Loopback, 0));
        _socket.Connect(server.Address.ToIPAddress(), server.Port);
        Server = server;
        var credential = TurnRestCredential.Mint(secret, session, name, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);
        Allocation = new(SystemRandom.Instance, new()
        {
            Server = server,
            Local = ToEndpoint((IPEndPoint)_socket.LocalEndPoint!),
            Username = credential.Username,
            Password = credential.Password,
            Family = server.IsV4 ? TurnFamily.V4 : TurnFamily.V6,
        });
    }

    public TurnAllocation Allocation { get; }

    public Endpoint Server { get; }

    public Instant Now => new(TimeProvider.System.GetElapsedTime(_started).Ticks + TimeSpan.TicksPerSecond);

    public static Endpoint ToEndpoint(IPEndPoint endpoint) => new(endpoint.Address, (ushort)endpoint.Port);

    /// <summary>Lets the machine talk to its server until this event.</summary>
    public T Await<T>(Action<Instant> begin)
        where T : TurnEvent
    {
        begin(Now);
        while (true)
        {
            while (Allocation.TryTransmit(_buffer, out var transmit))
            {
                _socket.Send(_buffer.AsSpan(0, transmit.Length));
            }

            while (Allocation.TryTakeEvent(out var happened))
            {
                if (happened is T awaited)
                {
                    return awaited;
                }

                happened.ShouldBeAssignableTo<TurnEvent.PermissionGranted>();
            }

            // A busy machine may lose a datagram on the loopback too: what is due again is sent again.
            _socket.ReceiveTimeout = (int)Math.Clamp((Allocation.NextDeadline - Now).TotalMilliseconds + 1, 1, Patience);
            var length = _socket.Receive(_buffer, 0, _buffer.Length, SocketFlags.None, out var fault);
            fault.ShouldBeOneOf(SocketError.Success, SocketError.TimedOut);
            if (fault == SocketError.Success)
            {
                Allocation.HandleDatagram(_buffer.AsSpan(0, length), Server, Allocation.Local, Now);
            }

            Allocation.HandleDeadline(Now);
        }
    }

    public void Send(ReadOnlySpan<byte> payload, Endpoint peer)
    {
        Allocation.TryWrap(payload, peer, _buffer, out var transmit).ShouldBeTrue();
        _socket.Send(_buffer.AsSpan(0, transmit.Length));
    }

    /// <summary>Waits for one datagram of a peer and gives back whose it is; its payload is in <paramref name="payload"/>.</summary>
    public Endpoint Receive(out ReadOnlySpan<byte> payload)
    {
        _socket.ReceiveTimeout = Patience;
        var length = _socket.Receive(_buffer);
        Allocation.TryUnwrap(_buffer.AsSpan(0, length), Server, out var peer, out payload).ShouldBeTrue();
        return peer;
    }

    public void Dispose() => _socket.Dispose();
}

using System.Net.WebSockets;
using Postern.Drivers;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;
using Postern.Transports;

namespace Postern.Tests.Relay;

/// <summary>A client's allocation over a WebSocket, for tests of the driver: each step waits for its answer.</summary>
internal sealed class StreamClient : IDisposable
{
    private static readonly Endpoint Server = Protocol.Turn.Relay.StreamEnd(IpAddress.Loopback);

    private readonly ClientWebSocket _socket;
    private readonly byte[] _buffer = new byte[65536];
    private readonly long _started = TimeProvider.System.GetTimestamp();

    private StreamClient(ClientWebSocket socket, string secret, string name)
    {
        _socket = socket;
        var credential = TurnRestCredential.Mint(secret, "s", name, DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);
        Allocation = new(SystemRandom.Instance, new() { Server = Server, Local = new(IpAddress.Loopback, 0), Username = credential.Username, Password = credential.Password });
    }

    public TurnAllocation Allocation { get; }

    public WebSocket Socket => _socket;

    public Instant Now => new(TimeProvider.System.GetElapsedTime(_started).Ticks + TimeSpan.TicksPerSecond);

    /// <param name="url">The switchboard's.</param>
    /// <param name="secret">That credentials are made with.</param>
    /// <param name="name">Whose.</param>
    /// <param name="configure">Trusts a certificate.</param>
    public static async Task<StreamClient> DialAsync(Uri url, string secret, string name = "ann", Action<ClientWebSocketOptions>? configure = null) =>
        new(await new SwitchboardDial(url, configure).Relay.OpenAsync(RelayStream.Prepare, CancellationToken.None), secret, name);

    public async Task<T> AwaitAsync<T>(Action<Instant> begin)
        where T : TurnEvent
    {
        begin(Now);
        while (true)
        {
            while (Allocation.TryTransmit(_buffer, out var transmit))
            {
                await SendAsync(_buffer.AsMemory(0, transmit.Length));
            }

            while (Allocation.TryTakeEvent(out var happened))
            {
                if (happened is T awaited)
                {
                    return awaited;
                }

                happened.ShouldBeAssignableTo<TurnEvent.PermissionGranted>();
            }

            Allocation.HandleDatagram(await ReceiveAsync(), Server, Allocation.Local, Now);
        }
    }

    public async Task SendAsync(ReadOnlyMemory<byte> message, WebSocketMessageType type = WebSocketMessageType.Binary)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        await _socket.SendAsync(message, type, endOfMessage: true, patience.Token);
    }

    public async Task SendAsync(byte[] payload, Endpoint peer)
    {
        Allocation.TryWrap(payload, peer, _buffer, out var transmit).ShouldBeTrue();
        await SendAsync(_buffer.AsMemory(0, transmit.Length));
    }

    /// <summary>One payload of a peer, and whose it is.</summary>
    public async Task<(Endpoint Peer, byte[] Payload)> ReceiveDataAsync()
    {
        while (true)
        {
            var datagram = await ReceiveAsync();
            if (Allocation.TryUnwrap(datagram, Server, out var peer, out var payload))
            {
                return (peer, payload.ToArray());
            }
        }
    }

    /// <summary>Reads on until the server closes, and gives back why.</summary>
    public async Task<WebSocketCloseStatus?> ReadToEndAsync(double seconds = 10)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        while ((await _socket.ReceiveAsync(_buffer.AsMemory(), patience.Token)).MessageType != WebSocketMessageType.Close)
        {
        }

        return _socket.CloseStatus;
    }

    public void Dispose() => _socket.Dispose();

    private async Task<byte[]> ReceiveAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var received = await _socket.ReceiveAsync(_buffer.AsMemory(), patience.Token);
        received.MessageType.ShouldBe(WebSocketMessageType.Binary);
        received.EndOfMessage.ShouldBeTrue();
        return _buffer[..received.Count];
    }
}

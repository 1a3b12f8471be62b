using System.Net.WebSockets;
using Postern.Protocol.Net;
using Postern.Transports;
using RelayMachine = Postern.Protocol.Turn.Relay;

namespace Postern.Server.Relay;

/// <summary>One client that reaches the relay over a WebSocket. Until it has an allocation it is a stranger, who may say little.</summary>
/// <param name="socket">Open, with the subprotocol agreed on.</param>
/// <param name="client">The TCP endpoint of the other end.</param>
/// <param name="server">Ours, by <see cref="RelayMachine.StreamEnd"/>.</param>
/// <param name="time">The clock.</param>
internal sealed class ClientStream(WebSocket socket, Endpoint client, Endpoint server, TimeProvider time)
{
    /// <summary>An allocation takes two requests; one that is refused with a hint takes some more.</summary>
    private const int StrangerMessages = 16;

    private int _said;

    private readonly DatagramSocket _datagrams = new(socket, time, RelayMachine.Headroom, RelayMachine.Tailroom);

    /// <summary>Takes a datagram that lies at <see cref="RelayMachine.Headroom"/> of the buffer.</summary>
    public delegate void Receiver(ClientStream stream, byte[] buffer, int length);

    public (Endpoint Client, Endpoint Server) Ends => (client, server);

    /// <summary>For what this stream's own loop sends through sockets.</summary>
    public TargetScratch Scratch { get; } = new();

    /// <summary>It has no allocation yet.</summary>
    public bool IsStranger { get; set; } = true;

    public async Task RunAsync(Receiver receiver) => await _datagrams.RunAsync((buffer, length) => receiver(this, buffer, length)).ConfigureAwait(false);

    /// <summary>One more message: false, and the end of it, where a stranger talks on.</summary>
    public bool MaySpeak()
    {
        if (!IsStranger || ++_said <= StrangerMessages)
        {
            return true;
        }

        Close(WebSocketCloseStatus.PolicyViolation, "So many messages, and no allocation.");
        return false;
    }

    /// <summary>Sends soon or not at all.</summary>
    public bool TrySend(ReadOnlySpan<byte> datagram) => _datagrams.TrySend(datagram);

    public void Close(WebSocketCloseStatus status, string sentence) => _datagrams.Close(status, sentence);
}

using System.Net.WebSockets;

namespace Postern.Transports;

/// <summary>How a switchboard's port is dialled: the same for its own WebSocket and for the relay's beside it.</summary>
/// <param name="Url">ws: or wss:, with the whole path.</param>
/// <param name="Configure">Called for every new connection, to trust a certificate or set a proxy. By default the system's proxy settings apply.</param>
internal sealed record SwitchboardDial(Uri Url, Action<ClientWebSocketOptions>? Configure = null)
{
    /// <summary>The relay's streams begin beside the switchboard's path.</summary>
    public SwitchboardDial Relay => this with { Url = new(Url, "relay") };

    /// <summary>Dials. Throws what <see cref="IsFailure"/> is true of, and <see cref="OperationCanceledException"/>.</summary>
    /// <param name="prepare">What this use of it wants.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ClientWebSocket> OpenAsync(Action<ClientWebSocketOptions> prepare, CancellationToken cancellationToken)
    {
        var socket = new ClientWebSocket();
        try
        {
            prepare(socket.Options);
            Configure?.Invoke(socket.Options);
            await socket.ConnectAsync(Url, cancellationToken).ConfigureAwait(false);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public static bool IsFailure(Exception e) => e is WebSocketException or HttpRequestException or IOException or InvalidOperationException;
}

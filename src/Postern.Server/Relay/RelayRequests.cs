using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Postern.Protocol.Net;
using Postern.Server.Switchboard;
using Postern.Transports;
using Endpoint = Postern.Protocol.Net.Endpoint;

namespace Postern.Server.Relay;

/// <summary>What is asked over HTTP of the relay: the WebSocket that carries its datagrams.</summary>
internal static class RelayRequests
{
    public static async Task ServeAsync(HttpContext context, RelayDriver relay)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await HttpRefusal.AskForWebSocketAsync(context, "relay").ConfigureAwait(false);
            return;
        }

        if (!context.WebSockets.WebSocketRequestedProtocols.Contains(DatagramSocket.Protocol))
        {
            await HttpRefusal.SayAsync(context, StatusCodes.Status400BadRequest, $"The subprotocol here is {DatagramSocket.Protocol}.").ConfigureAwait(false);
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = DatagramSocket.Protocol,
            KeepAliveInterval = DatagramSocket.PingInterval,
            KeepAliveTimeout = DatagramSocket.PingPatience,
        }).ConfigureAwait(false);
        if (!await relay.ServeAsync(socket, ClientOf(context), IpAddress.From(context.Connection.LocalIpAddress!)).ConfigureAwait(false))
        {
            await socket.CloseOutputAsync(WebSocketCloseStatus.PolicyViolation, "The relay does not take this stream.", context.RequestAborted).ConfigureAwait(false);
        }
    }

    private static Endpoint ClientOf(HttpContext context) => new(IpAddress.From(context.Connection.RemoteIpAddress!), (ushort)context.Connection.RemotePort);
}

using Microsoft.AspNetCore.Http;

namespace Postern.Server.Switchboard;

/// <summary>What is answered to a request that cannot become a stream.</summary>
internal static class HttpRefusal
{
    /// <summary>A plain request to where a WebSocket is spoken.</summary>
    public static Task AskForWebSocketAsync(HttpContext context, string what)
    {
        context.Response.Headers.Upgrade = "websocket";
        return SayAsync(context, StatusCodes.Status426UpgradeRequired, $"This is a Postern {what}: it speaks WebSocket here.");
    }

    public static Task SayAsync(HttpContext context, int status, string sentence)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsync($"{sentence}\n");
    }
}

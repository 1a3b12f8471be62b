using Microsoft.Extensions.Logging;
using Postern.Protocol.Net;
using Postern.Protocol.Turn;

namespace Postern.Server.Relay;

/// <summary>What a relay writes into its log: numbers 300 to 399. Texts from the network are escaped.</summary>
internal static partial class RelayLog
{
    public static void Write(this ILogger logger, RelayEvent happened)
    {
        switch (happened)
        {
            case RelayEvent.Allocated e:
                logger.Allocated(e.Client, e.Relayed, Escape(e.Name), Escape(e.Session));
                break;
            case RelayEvent.Freed e:
                logger.Freed(e.Client, e.Relayed, Escape(e.Name), Escape(e.Session), e.Reason);
                break;
        }
    }

    internal static string Escape(string text)
    {
        const int longest = 64;
        var shown = text.Length <= longest ? text : text[..longest] + "…";
        return string.Concat(shown.Select(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' ? $"\\u{(int)c:x4}" : c.ToString()));
    }

    [LoggerMessage(300, LogLevel.Information, "Relaying for {Client} on {Relayed} (user {Name}, session {Session})")]
    private static partial void Allocated(this ILogger logger, Endpoint client, Endpoint relayed, string name, string session);

    [LoggerMessage(301, LogLevel.Information, "Stopped relaying for {Client} on {Relayed} (user {Name}, session {Session}): {Reason}")]
    private static partial void Freed(this ILogger logger, Endpoint client, Endpoint relayed, string name, string session, RelayFreedReason reason);
}

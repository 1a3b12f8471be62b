using Microsoft.Extensions.Logging;
using Postern.Protocol.Switching.Client;

namespace Postern.Transports;

internal static partial class SwitchboardDriverLog
{
    [LoggerMessage(300, LogLevel.Information, "Logged in as '{Name}' at {Switchboard}.")]
    public static partial void LoggedIn(this ILogger log, string name, string switchboard);

    [LoggerMessage(301, LogLevel.Information, "Not connected to {Switchboard} ({Reason}): {Sentence}")]
    public static partial void Disconnected(this ILogger log, string switchboard, DisconnectReason reason, string sentence);
}

using Microsoft.Extensions.Logging;

namespace Postern.Server;

/// <summary>The server's log events. Names of peers and texts from the network are escaped by whoever hands them in.</summary>
internal static partial class Log
{
    [LoggerMessage(300, LogLevel.Debug, "A conversation with echo ended: {Reason}")]
    public static partial void EchoEnded(ILogger logger, ConnectFailure reason);
}

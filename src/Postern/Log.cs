using Microsoft.Extensions.Logging;

namespace Postern;

/// <summary>The library's own log events.</summary>
internal static partial class Log
{
    [LoggerMessage(100, LogLevel.Error, "An event of the switchboard could not be handled.")]
    public static partial void EventFailed(this ILogger logger, Exception exception);
}

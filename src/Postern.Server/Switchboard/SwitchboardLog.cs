using Microsoft.Extensions.Logging;
using Postern.Protocol.Switching.Frames;

namespace Postern.Server.Switchboard;

/// <summary>What a switchboard logs. Names are of a safe alphabet; nothing else that a stranger chose is logged.</summary>
internal static partial class SwitchboardLog
{
    [LoggerMessage(200, LogLevel.Information, "The switchboard listens on {Endpoint} and knows {Names} names.")]
    public static partial void Listening(this ILogger log, string endpoint, int names);

    [LoggerMessage(201, LogLevel.Information, "'{Name}' was claimed.")]
    public static partial void Claimed(this ILogger log, string name);

    [LoggerMessage(202, LogLevel.Debug, "'{Name}' logged in from {Remote}.")]
    public static partial void LoggedIn(this ILogger log, string name, string remote);

    [LoggerMessage(203, LogLevel.Debug, "'{Name}' is away.")]
    public static partial void LoggedOut(this ILogger log, string name);

    [LoggerMessage(204, LogLevel.Information, "A connection from {Remote} was refused ({Code}): {Sentence}")]
    public static partial void Expelled(this ILogger log, string remote, RefusalCode code, string sentence);

    [LoggerMessage(205, LogLevel.Error, "The claim of '{Name}' could not be stored; it will be lost at the next start.")]
    public static partial void NotStored(this ILogger log, string name, Exception why);
}

using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Frames;

namespace Postern.Drivers;

/// <summary>Why a switchboard cannot be reached or sends us away, and what to do.</summary>
internal static class Unreachable
{
    public static ConnectException Explain(SwitchboardClientEvent.Disconnected lost, PosternClientOptions options) => new(
        lost.Reason switch
        {
            DisconnectReason.Refused => ConnectFailure.RefusedByServer,
            DisconnectReason.WrongServer => ConnectFailure.WrongIdentity,
            _ => ConnectFailure.ServerUnreachable,
        },
        Sentence(lost, options));

    private static string Sentence(SwitchboardClientEvent.Disconnected lost, PosternClientOptions options)
    {
        var server = options.Server.Authority;
        return lost.Reason switch
        {
            DisconnectReason.Unreachable => $"The switchboard at {server} cannot be reached; is 'postern up' running there?",
            DisconnectReason.WrongServer =>
                $"The switchboard at {server} has another key than when we first met it; if it was set up anew, remove '{ServerPin.NameOf(options.Server)}' from the contacts.",
            _ when lost.Sentence == RefusalCode.WrongKey.Sentence() =>
                $"The name '{options.Name}' at {server} belongs to another key; choose another name, or use the key that claimed it.",
            _ => lost.Sentence,
        };
    }
}

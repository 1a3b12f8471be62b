using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Frames;

namespace Postern.Drivers;

/// <summary>Why a switchboard cannot be reached or sends us away, and what to do.</summary>
internal static class Unreachable
{
    public static string Explain(SwitchboardClientEvent.Disconnected lost, PosternClientOptions options)
    {
        if (lost.Reason == DisconnectReason.Unreachable)
        {
            return $"The switchboard at {options.Server.Authority} cannot be reached; is 'postern up' running there?";
        }

        return lost.Sentence == RefusalCode.WrongKey.Sentence()
            ? $"The name '{options.Name}' at {options.Server.Authority} belongs to another key; choose another name, or use the key that claimed it."
            : lost.Sentence;
    }
}

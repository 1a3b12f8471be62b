using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Frames;

namespace Postern.Drivers;

/// <summary>Why the switchboard gave a signal to a peer up.</summary>
internal static class Absence
{
    public static string Explain(SwitchboardClientEvent.Refused refused, string peer) => refused.Code switch
    {
        RefusalCode.NoSuchName => $"Nobody has the name '{peer}' on this switchboard.",
        RefusalCode.PeerOffline => $"{peer} is not online.",
        _ => refused.Sentence,
    };
}

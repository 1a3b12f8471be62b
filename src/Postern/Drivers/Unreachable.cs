using Postern.Protocol.Switching.Client;

namespace Postern.Drivers;

/// <summary>Why a switchboard cannot be reached, and what to do.</summary>
internal static class Unreachable
{
    public static string Explain(SwitchboardClientEvent.Disconnected lost, Uri server) => lost.Reason == DisconnectReason.Unreachable
        ? $"The switchboard at {server.Authority} cannot be reached; is 'postern up' running there?"
        : lost.Sentence;
}

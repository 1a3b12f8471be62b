using Postern.Protocol.Nat;

namespace Postern.Sessions.Calls;

/// <summary>How ports move, in plain words, as what a router takes for each destination.</summary>
internal static class PortWords
{
    public static string InWords(this PortRule ports) => ports.Kind switch
    {
        PortRuleKind.Step => "the next port in a row",
        PortRuleKind.Block => ports.BlockSize > 1 ? $"a random port of its block of {ports.BlockSize}" : "a random port of its block",
        PortRuleKind.Random => "a new random port",
        _ => "a new port",
    };
}

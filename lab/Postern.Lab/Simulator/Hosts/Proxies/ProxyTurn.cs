using Postern.Protocol.Net;

namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>What a proxy makes of what its client has said so far.</summary>
/// <param name="Answer">To be sent to the client; may be empty.</param>
/// <param name="Target">Where the client wants to go; null while that is not said.</param>
/// <param name="Rest">What the client has said beyond its request: it is for the target.</param>
/// <param name="IsOver">Nothing can come of it: the connection is closed behind the answer.</param>
internal readonly record struct ProxyTurn(ReadOnlyMemory<byte> Answer, Endpoint? Target, ReadOnlyMemory<byte> Rest, bool IsOver)
{
    /// <summary>More has to come.</summary>
    public static ProxyTurn More(ReadOnlyMemory<byte> answer = default) => new(answer, null, default, false);

    public static ProxyTurn Over(ReadOnlyMemory<byte> answer = default) => new(answer, null, default, true);
}

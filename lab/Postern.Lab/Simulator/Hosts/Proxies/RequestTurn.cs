namespace Postern.Lab.Simulator.Hosts.Proxies;

/// <summary>What a client makes of what its proxy has said so far.</summary>
/// <param name="Answer">To be sent to the proxy; may be empty.</param>
/// <param name="IsGranted">The tunnel stands.</param>
/// <param name="Rest">What came behind the proxy's last word: it is the target's.</param>
/// <param name="Refusal">Why there is none, in one sentence; null while that is not said.</param>
internal readonly record struct RequestTurn(ReadOnlyMemory<byte> Answer, bool IsGranted, ReadOnlyMemory<byte> Rest, string? Refusal)
{
    /// <summary>More has to come.</summary>
    public static RequestTurn More(ReadOnlyMemory<byte> answer = default) => new(answer, false, default, null);

    public static RequestTurn Granted(ReadOnlyMemory<byte> rest) => new(default, true, rest, null);

    public static RequestTurn Refused(string reason) => new(default, false, default, reason);
}

using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Sessions.Calls;

/// <summary>What came of each candidate pair, and why, by the rules that the agent goes by.</summary>
internal sealed class AttemptOutcomes(IReadOnlyList<PairReport> pairs, IcePath? selected)
{
    private readonly PairReport? _used = pairs.FirstOrDefault(pair => selected is { } path && path.Local == pair.Path.Local && path.Remote == pair.Path.Remote);
    private readonly ulong _best = pairs.Where(pair => pair.State == PairState.Succeeded).Select(pair => pair.Priority).DefaultIfEmpty().Max();

    /// <summary>One of the words of <see cref="PathAttempt.Outcome"/>.</summary>
    public string Of(PairReport pair) => pair switch
    {
        _ when pair == _used => "used",
        { FirstValid: var valid } when valid != Instant.Never => "worked",
        { State: PairState.Failed } => "failed",
        { RequestsSent: 0 } => "untried",
        _ => "waiting",
    };

    public string Cause(PairReport pair) => pair.Failure != PairFailure.None ? pair.Failure.InWords() : Of(pair) switch
    {
        "used" => pair.Priority == _best ? "the best path that works" : pair.IsNominated ? "both sides agreed on it" : "the better ones are silent",
        "worked" => _used?.Priority > pair.Priority ? "another path is better" : _used is { IsNominated: true } ? "both sides agreed on another path" : "it works",
        "untried" => pair.Hold.InWords(),
        _ => "no answer yet",
    };
}

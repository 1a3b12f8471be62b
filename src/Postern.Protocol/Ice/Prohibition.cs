using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>
/// Respects a firewall's keeper who answers "communication administratively prohibited" (RFC 1812 §5.2.7.1, RFC 4443 §3.1): from then
/// on no direct way is opened, tried or answered again. Relayed ways go on, and so does a direct one that works; but where this very
/// computer refuses, one that works only since the other side opened it does not.
/// </summary>
internal sealed class Prohibition(AgentState state)
{
    /// <summary>An older packet of ours is not what a firewall near us has just refused; anybody can forge ICMP.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(5);

    private bool _isOwn;

    /// <summary>True where it is about a check that left a moment ago for where nothing ever came from.</summary>
    /// <param name="local">Whence the refused datagram was sent.</param>
    /// <param name="remote">Where it was to go.</param>
    /// <param name="isOwn">
    /// This very computer refuses: at once, so that nothing has come back for what it refused; but the other side's own check may
    /// have come before this is heard.
    /// </param>
    /// <param name="now">The time.</param>
    public bool Hear(Endpoint local, Endpoint remote, bool isOwn, Instant now)
    {
        var isOurs = state.Guesses.IsAsking(local, remote)
            || (state.List.Find(local, remote, generation: null) is { Local.IsRelayed: false, ResponsesReceived: 0 } pair
                && (isOwn || pair.RequestsReceived == 0) && now <= pair.LastSent + Recent);
        state.IsDirectProhibited |= isOurs;
        _isOwn |= isOurs && isOwn;
        return isOurs;
    }

    public void Advance(Instant now)
    {
        if (!state.IsDirectProhibited)
        {
            return;
        }

        foreach (var pair in state.List.Pairs)
        {
            if (!pair.Local.IsRelayed && IsToEnd(pair))
            {
                state.Fail(pair, PairFailure.Prohibited, now);
            }
        }
    }

    /// <summary>A filter that remembers flows lets through what belongs to one of the other side's, which its keeper did not mean.</summary>
    private bool IsToEnd(CandidatePair pair) =>
        pair.State is PairState.Waiting or PairState.InProgress || (_isOwn && pair is { State: PairState.Succeeded, IsOpenedByPeer: true });
}

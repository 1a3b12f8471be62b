using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>
/// Respects a firewall's keeper who answers "communication administratively prohibited" (RFC 1812 §5.2.7.1, RFC 4443 §3.1): from then
/// on no direct way is opened or tried again. Relayed ways go on, and so does a direct one that works.
/// </summary>
internal sealed class Prohibition(AgentState state)
{
    /// <summary>An older packet of ours is not what a firewall near us has just refused; anybody can forge ICMP.</summary>
    private static readonly TimeSpan Recent = TimeSpan.FromSeconds(5);

    public bool IsInForce { get; private set; }

    /// <summary>True where it is about a check that left a moment ago for where nothing ever came from.</summary>
    public bool Hear(Endpoint local, Endpoint remote, Instant now)
    {
        var isOurs = state.Guesses.IsAsking(local, remote)
            || (state.List.Find(local, remote, generation: null) is { Local.IsRelayed: false, RequestsReceived: 0, ResponsesReceived: 0 } pair && now <= pair.LastSent + Recent);
        IsInForce |= isOurs;
        return isOurs;
    }

    public void Advance(Instant now)
    {
        if (!IsInForce)
        {
            return;
        }

        foreach (var pair in state.List.Pairs)
        {
            if (!pair.Local.IsRelayed && pair.State is PairState.Waiting or PairState.InProgress)
            {
                state.Fail(pair, PairFailure.Prohibited, now);
            }
        }
    }
}

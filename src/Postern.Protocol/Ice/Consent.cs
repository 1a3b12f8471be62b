using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>
/// Consent freshness (RFC 7675 §5.1): a request every 4 to 6 s on the selected pair; a pair whose requests were not answered for
/// 30 s carries no data. Pairs held warm are asked every 10 to 12 s, which keeps their NAT bindings too (RFC 8445 §11).
/// </summary>
internal sealed class Consent(AgentState state)
{
    /// <summary>RFC 7675 §5.1: "the default … is 5 seconds", drawn from 0.8 to 1.2 of it each time.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>RFC 7675 §5.1: "consent expires after 30 seconds".</summary>
    private static readonly TimeSpan Expiry = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan WarmInterval = TimeSpan.FromSeconds(10);

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Data goes over this pair from now on.</summary>
    public void Select(CandidatePair pair, Instant now) => pair.Pulse.NextRequest = Instant.Min(pair.Pulse.NextRequest, now + NextInterval());

    public void Keep(CandidatePair pair, Instant now) => pair.Pulse.NextRequest = now + NextWarmInterval();

    public static void Release(CandidatePair pair) => pair.Pulse.NextRequest = Instant.Never;

    public void Advance(Instant now)
    {
        NextDeadline = Instant.Never;
        foreach (var pair in state.List.Pairs)
        {
            if (pair.State == PairState.Succeeded)
            {
                Renew(pair, now);
            }
        }
    }

    private void Renew(CandidatePair pair, Instant now)
    {
        var isSelected = pair == state.Selected;
        var expires = pair.Pulse.LastResponse + Expiry;
        if (now >= expires)
        {
            state.Fail(pair, isSelected || pair.IsWarm ? PairFailure.ConsentExpired : PairFailure.Released, now);
            return;
        }

        if (now >= pair.Pulse.NextRequest)
        {
            state.Stats.ConsentChecksSent += isSelected ? 1 : 0;
            state.Stats.KeepAlivesSent += isSelected ? 0 : 1;
            state.SendOnce(pair, now, useCandidate: isSelected && IsRenominated(pair));
            pair.Pulse.NoteSent(now);
            pair.Pulse.NextRequest = now + (isSelected ? NextInterval() : NextWarmInterval());
        }

        NextDeadline = Instant.Min(NextDeadline, Instant.Min(expires, pair.Pulse.NextRequest));
    }

    /// <summary>A standard peer hears USE-CANDIDATE again with each consent check, as from other agents: it cannot be of another mind for long.</summary>
    private bool IsRenominated(CandidatePair pair) => state.Role == IceRole.Controlling && !state.Renomination && pair.IsNominated;

    private TimeSpan NextInterval() => Interval * (0.8 + (0.4 * state.Random.NextDouble()));

    private TimeSpan NextWarmInterval() => WarmInterval * (1 + (0.2 * state.Random.NextDouble()));
}

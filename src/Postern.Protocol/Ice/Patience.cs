using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>When to say that there is no path (RFC 8863 §4): no sooner than 39.5 s, or when both sides' candidates are all tried.</summary>
internal sealed class Patience(AgentState state)
{
    /// <summary>RFC 8863 §4: as long as a STUN transaction lasts with the default timing of RFC 8489 §6.2.1.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromMilliseconds(39500);

    /// <summary>By then the peer's checks over our relay are here, or it cannot send any.</summary>
    private static readonly TimeSpan LastResort = TimeSpan.FromSeconds(5);

    private Instant _since = Instant.Never;

    public bool HadPath { get; private set; }

    public bool HasFailed { get; private set; }

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>There is something new to try.</summary>
    public void Renew(Instant now)
    {
        HasFailed = false;
        _since = now;
    }

    public void Advance(Instant now)
    {
        NextDeadline = Instant.Never;
        if (state.Selected is not null)
        {
            _since = Instant.Never;
            HadPath = true;
            HasFailed = state.List.KnocksFromRelays = false;
            return;
        }

        if (HasFailed || state.Current.Remote is null)
        {
            return;
        }

        _since = Instant.Min(_since, now);
        if (!state.List.KnocksFromRelays && now >= _since + LastResort)
        {
            state.List.KnocksFromRelays = state.HasChanged = true;
        }

        NextDeadline = state.List.KnocksFromRelays ? Instant.Never : _since + LastResort;
        if (Exists(pair => pair.State is PairState.Waiting or PairState.InProgress && !state.List.AwaitsPeer(pair)))
        {
            return;
        }

        var hasTriedAll = state.HasAllCandidates && !HadPath && state.List.Pairs.Length > 0 && !Exists(pair => pair.State == PairState.Waiting);
        if (now < _since + Limit && !hasTriedAll)
        {
            NextDeadline = Instant.Min(NextDeadline, _since + Limit);
            return;
        }

        HasFailed = true;
        foreach (var pair in state.List.Pairs)
        {
            pair.Pulse.NextRecheck = Instant.Never;
        }

        state.Emit(new IceEvent.Failed(HadPath ? IceFailure.PathLost : state.List.Pairs.Length == 0 ? IceFailure.NoPairs : IceFailure.AllPairsFailed));
    }

    private bool Exists(Predicate<CandidatePair> match)
    {
        foreach (var pair in state.List.Pairs)
        {
            if (match(pair))
            {
                return true;
            }
        }

        return false;
    }
}

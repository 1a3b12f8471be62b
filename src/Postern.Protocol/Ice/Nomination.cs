using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>
/// Which pair the two sides agree on (RFC 8445 §8.1.1): as controlling, when to say USE-CANDIDATE and for which pair; as controlled,
/// which one the peer wants.
/// </summary>
internal sealed class Nomination(AgentState state)
{
    /// <summary>With a standard peer: how long a direct pair waits for a better one.</summary>
    private static readonly TimeSpan SettleDirect = TimeSpan.FromMilliseconds(500);

    /// <summary>With a standard peer: how long a relayed pair waits for a better one.</summary>
    private static readonly TimeSpan SettleRelayed = TimeSpan.FromSeconds(2);

    /// <summary>Aggressive nominators nominate many pairs within this time: the best one counts. Later, the newest does.</summary>
    private static readonly TimeSpan AggressiveWindow = TimeSpan.FromSeconds(3);

    private CandidatePair? _target;
    private uint _lastValue;
    private bool _wasNominated;
    private Instant _firstDirect = Instant.Never;
    private Instant _firstValid = Instant.Never;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>The pair that nominations ask for, among those that <paramref name="isFit"/> holds for; null where they ask for none.</summary>
    public CandidatePair? Preferred(Func<CandidatePair, Instant, bool> isFit, Instant now)
    {
        if (state.Role == IceRole.Controlling && state.Renomination)
        {
            return null; // the selection comes first, and is then nominated
        }

        var newest = Newest(isFit, now);
        CandidatePair? preferred = null;
        foreach (var pair in state.List.Pairs)
        {
            var isCandidate = IsChosen(pair) && pair.Generation == newest?.Generation && pair.NominationValue == newest.NominationValue && isFit(pair, now)
                && (state.Role == IceRole.Controlling || pair.NominatedAt + AggressiveWindow >= newest.NominatedAt);
            if (isCandidate && (preferred is null || pair.Priority > preferred.Priority))
            {
                preferred = pair;
            }
        }

        return preferred;
    }

    /// <summary>As controlling: nominates the selected pair when it is time.</summary>
    public void Advance(Instant now)
    {
        NextDeadline = Instant.Never;
        if (state.Role == IceRole.Controlled || state.Selected is not { } selected || selected == _target || selected.Generation != state.Current)
        {
            return;
        }

        if (state.Renomination || _wasNominated || IsSettled(selected, now))
        {
            Nominate(selected);
        }
    }

    /// <summary>The peer answered a check that had USE-CANDIDATE.</summary>
    public void Confirmed(CandidatePair pair, in SentCheck check, Instant now)
    {
        if (state.Role != IceRole.Controlling || !pair.IsToBeNominated || check.Nomination != pair.NominationToSend)
        {
            return;
        }

        pair.IsToBeNominated = false;
        pair.NominatedAt = now;
        pair.NominationValue = check.Nomination;
        state.Emit(new IceEvent.NominationMade(pair.Path, check.Nomination, ByPeer: false));
    }

    /// <summary>The peer's check came; it may nominate (RFC 8445 §7.3.1.5).</summary>
    public void Received(CandidatePair pair, in ConnectivityCheck check, Instant now)
    {
        if (!check.UseCandidate || state.Role != IceRole.Controlled || check.Nomination < pair.NominationValue)
        {
            return;
        }

        var isNews = !pair.IsNominated || check.Nomination > pair.NominationValue;
        if (isNews || check.Nomination == 0)
        {
            pair.NominatedAt = now;
            pair.NominationValue = check.Nomination;
        }

        if (isNews)
        {
            state.Emit(new IceEvent.NominationMade(pair.Path, check.Nomination, ByPeer: true));
        }
    }

    /// <summary>The role or the generation changed: nothing said before counts.</summary>
    public void Forget()
    {
        _target = null;
        _wasNominated = false;
        _firstDirect = _firstValid = Instant.Never;
        foreach (var pair in state.List.Pairs)
        {
            Withdraw(pair);
            pair.NominatedAt = Instant.Never;
            pair.NominationValue = 0;
        }
    }

    private static bool IsChosen(CandidatePair pair) => pair.IsNominated || pair.IsToBeNominated;

    private CandidatePair? Newest(Func<CandidatePair, Instant, bool> isFit, Instant now)
    {
        CandidatePair? newest = null;
        foreach (var pair in state.List.Pairs)
        {
            if (IsChosen(pair) && isFit(pair, now) && (newest is null || IsNewer(pair, newest)))
            {
                newest = pair;
            }
        }

        return newest;
    }

    /// <summary>The current generation, then the highest NOMINATION value, then the last to come.</summary>
    private bool IsNewer(CandidatePair a, CandidatePair b)
    {
        if (a.Generation != b.Generation)
        {
            return a.Generation == state.Current;
        }

        return a.NominationValue != b.NominationValue ? a.NominationValue > b.NominationValue : a.NominatedAt > b.NominatedAt;
    }

    private void Nominate(CandidatePair pair)
    {
        if (_target is not null)
        {
            Withdraw(_target);
        }

        _target = pair;
        _wasNominated = true;
        pair.IsToBeNominated = true;
        pair.NominationToSend = state.Renomination ? ++_lastValue : 0;
        state.List.Trigger(pair);
    }

    /// <summary>A late repeat would undo what was said since.</summary>
    private void Withdraw(CandidatePair pair)
    {
        pair.IsToBeNominated = false;
        if (!pair.Check.IsNomination)
        {
            return;
        }

        pair.Sent.Add(pair.Check.Sent);
        pair.Check.End();
        if (pair.State == PairState.InProgress)
        {
            state.List.Trigger(pair);
        }
    }

    /// <summary>With a standard peer there is one nomination, so it waits until nothing better can come, or for a while.</summary>
    private bool IsSettled(CandidatePair selected, Instant now)
    {
        var isBetterUnderWay = !state.HasAllCandidates;
        foreach (var pair in state.List.Pairs)
        {
            isBetterUnderWay |= pair.State is PairState.Waiting or PairState.InProgress && pair.Priority > selected.Priority && !state.List.AwaitsPeer(pair);
            if (pair.State == PairState.Succeeded)
            {
                _firstValid = Instant.Min(_firstValid, pair.ValidatedAt);
                _firstDirect = pair.IsRelayed ? _firstDirect : Instant.Min(_firstDirect, pair.ValidatedAt);
            }
        }

        var settled = selected.IsRelayed ? _firstValid + SettleRelayed : _firstDirect + SettleDirect;
        if (!isBetterUnderWay || now >= settled)
        {
            return true;
        }

        NextDeadline = settled;
        return false;
    }
}

using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>
/// Over which pair data goes: the first that validates, then any better one as soon as it does; off a silent pair at once. Beside it
/// up to two pairs are kept warm, of which one leads over a relay where there is such a pair.
/// </summary>
internal sealed class PathSelection(AgentState state, Nomination nomination, Consent consent)
{
    private static readonly Func<CandidatePair, Instant, bool> IsFit =
        static (pair, now) => pair.State == PairState.Succeeded && !Liveness.IsSilent(pair, now);

    public void Advance(Instant now)
    {
        var choice = Choose(now);
        if (choice != state.Selected)
        {
            Move(choice, now);
        }

        KeepWarm(now);
    }

    private CandidatePair? Choose(Instant now)
    {
        var best = Best(now, static (_, _) => true, null);
        var preferred = nomination.Preferred(IsFit, now);
        if (preferred is null || best is null || preferred.Generation != best.Generation)
        {
            return best;
        }

        // Both ends being Postern, a better pair that validated after the nomination is used before the nominator says so.
        return state.Renomination && best.Priority > preferred.Priority && best.ValidatedAt > preferred.NominatedAt ? best : preferred;
    }

    /// <summary>The current generation first, then those that are not silent, then priority.</summary>
    private CandidatePair? Best(Instant now, Func<CandidatePair, CandidatePair?, bool> isWanted, CandidatePair? beside)
    {
        CandidatePair? best = null;
        foreach (var pair in state.List.Pairs)
        {
            if (pair.State == PairState.Succeeded && isWanted(pair, beside) && (best is null || Rank(pair, now).CompareTo(Rank(best, now)) > 0))
            {
                best = pair;
            }
        }

        return best;
    }

    private (bool Current, bool Alive, ulong Priority) Rank(CandidatePair pair, Instant now) =>
        (pair.Generation == state.Current, !Liveness.IsSilent(pair, now), pair.Priority);

    private void Move(CandidatePair? choice, Instant now)
    {
        var former = state.Selected;
        state.Selected = choice;
        state.HasChanged = true;
        if (choice is null)
        {
            state.Emit(new IceEvent.PathLost(former!.Path, former.Failure));
            return;
        }

        var reason = Reason(former, choice, now);
        if (former is { State: PairState.Succeeded } && reason == PathChangeReason.Silence)
        {
            state.Fail(former, PairFailure.Silence, now);
        }

        if (former is { State: PairState.Succeeded })
        {
            former.IsWarm = false; // judged anew, with a keep-alive's interval
            former.Pulse.NoteReceived(); // what it still owes comes back on the new path
            Consent.Release(former);
        }

        choice.IsWarm = false;
        consent.Select(choice, now);
        if (former is not null && former.Generation != choice.Generation)
        {
            state.List.RemoveGeneration(former.Generation);
        }

        state.Emit(new IceEvent.PathChanged(former?.Path, choice.Path, reason));
    }

    private static PathChangeReason Reason(CandidatePair? former, CandidatePair choice, Instant now) => former switch
    {
        null => PathChangeReason.FirstValid,
        _ when former.Generation != choice.Generation => PathChangeReason.Restarted,
        { IsRemoved: true } => PathChangeReason.Removed,
        { State: not PairState.Succeeded, Failure: PairFailure.ConsentExpired } => PathChangeReason.ConsentExpired,
        { State: not PairState.Succeeded } => PathChangeReason.Silence,
        _ when Liveness.IsSilent(former, now) => PathChangeReason.Silence,
        _ when choice.Priority > former.Priority => PathChangeReason.Better,
        _ => PathChangeReason.Nominated,
    };

    private void KeepWarm(Instant now)
    {
        if (state.Selected is not { } selected)
        {
            return;
        }

        var relayed = Best(now, static (pair, beside) => pair != beside && pair.IsRelayed, selected);
        var direct = Best(now, static (pair, beside) => pair != beside && !pair.IsRelayed, selected);
        foreach (var pair in state.List.Pairs)
        {
            var isWarm = pair == relayed || pair == direct;
            if (pair.State != PairState.Succeeded || pair == selected || pair.IsWarm == isWarm)
            {
                continue;
            }

            pair.IsWarm = isWarm;
            state.HasChanged = true;
            if (isWarm)
            {
                consent.Keep(pair, now);
            }
            else
            {
                Consent.Release(pair);
            }
        }
    }
}

using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>The answers to our checks (RFC 8445 §7.2.5).</summary>
internal sealed class IncomingResponses(AgentState state, Nomination nomination)
{
    public bool Handle(in StunMessage response, Endpoint source, Endpoint destination, Instant now)
    {
        var id = response.TransactionId;
        if ((FindPair(id, source, destination) ?? Guessed(response, source, destination)) is not { } pair)
        {
            return false;
        }

        if (pair is { State: PairState.Failed, Failure: PairFailure.Prohibited })
        {
            state.Stats.TurnedAway++; // it was asked before
            return true;
        }

        if (!response.VerifyIntegrity(pair.Generation.RemoteKey))
        {
            state.Stats.Unverified++; // RFC 8489 §9.1.4: as if it had never come
            pair.WasRefused |= response.Class == StunClass.Error;
            return true;
        }

        var check = Take(pair, id);
        if (response.Class == StunClass.Error)
        {
            HandleError(pair, check, response, now);
        }
        else if (pair.RemoteAddress != source || pair.LocalAddress != destination)
        {
            state.Stats.ResponsesReceived++;
            if (pair.State == PairState.InProgress)
            {
                state.Fail(pair, PairFailure.AsymmetricResponse, now); // RFC 8445 §7.2.5.2.1
            }
        }
        else if (response.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped))
        {
            HandleSuccess(pair, check, mapped, now);
        }

        return true;
    }

    private CandidatePair? FindPair(TransactionId id, Endpoint source, Endpoint destination)
    {
        CandidatePair? asymmetric = null;
        foreach (var pair in state.List.Pairs)
        {
            if (!(pair.Check.IsActive && pair.Check.Sent.Id == id) && !pair.Sent.Contains(id))
            {
                continue;
            }

            if (pair.RemoteAddress == source && pair.LocalAddress == destination)
            {
                return pair;
            }

            asymmetric = pair;
        }

        return asymmetric;
    }

    /// <summary>A guess was right: now it is a pair, whose check this answers.</summary>
    private CandidatePair? Guessed(in StunMessage response, Endpoint source, Endpoint destination)
    {
        if (response.Class != StunClass.Success || !response.VerifyIntegrity(state.Current.RemoteKey)
            || state.Guesses.Take(response.TransactionId, source, destination) is not { } guess)
        {
            return null;
        }

        var pair = state.List.Find(guess.Local.Address, guess.Remote, state.Current)
            ?? state.List.AddPeerReflexive(guess.Local, Candidate.Predicted(guess.Remote, Endpoint.None, rank: 0), state.Current);
        if (pair is not null)
        {
            pair.RequestsSent++;
            pair.FirstSent = Instant.Min(pair.FirstSent, guess.Check.At);
            pair.Sent.Add(guess.Check);
        }

        return pair;
    }

    private static SentCheck Take(CandidatePair pair, TransactionId id)
    {
        if (pair.Check.IsActive && pair.Check.Sent.Id == id)
        {
            pair.Check.End();
            return pair.Check.Sent;
        }

        pair.Sent.TryTake(id, out var check);
        return check;
    }

    private void HandleSuccess(CandidatePair pair, in SentCheck check, Endpoint mapped, Instant now)
    {
        state.Stats.ResponsesReceived++;
        if (pair.Seen is null || pair.Seen.Address != mapped)
        {
            pair.Seen = pair.Local.Find(mapped) ?? LearnLocal(pair, mapped);
            state.List.Prioritize(pair);
        }

        if (pair.Check.IsActive && !pair.Check.IsNomination)
        {
            pair.Sent.Add(pair.Check.Sent); // an earlier request was answered: no need to repeat the later one
            pair.Check.End();
        }

        state.MarkAnswered(pair, check, now);
        if (check.UseCandidate)
        {
            nomination.Confirmed(pair, check, now);
        }
    }

    /// <summary>RFC 8445 §7.2.5.3.1.</summary>
    private Candidate LearnLocal(CandidatePair pair, Endpoint mapped)
    {
        var learned = new Candidate
        {
            Type = CandidateType.PeerReflexive,
            Address = mapped,
            Base = pair.LocalAddress,
            Priority = pair.Local.CheckPriority,
            Foundation = "0",
        };
        pair.Local.Add(learned);
        state.Emit(new IceEvent.PeerReflexiveFound(IsLocal: true, mapped, pair.LocalAddress));
        return learned;
    }

    private void HandleError(CandidatePair pair, in SentCheck check, in StunMessage response, Instant now)
    {
        state.Stats.ErrorsReceived++;
        response.TryGetErrorCode(out var code, out _);
        if (code == StunErrorCode.RoleConflict)
        {
            if (check.Role == state.Role)
            {
                nomination.Forget();
                state.SwitchRole();
                state.RedrawTiebreaker();
            }

            state.List.Trigger(pair); // RFC 8445 §7.2.5.1: checked again, in the new role
            if (pair.State != PairState.Succeeded)
            {
                pair.State = PairState.Waiting;
            }
        }
        else if (pair.State == PairState.InProgress)
        {
            state.Fail(pair, PairFailure.ErrorResponse, now);
        }
    }
}

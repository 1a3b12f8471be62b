using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>When checks leave (RFC 8445 §6.1.4.2, §14): a new one every Ta at most, triggered ones first; repeats by their own clock.</summary>
internal sealed class CheckPacing(AgentState state)
{
    private Instant _nextStart = Instant.Zero;
    private Instant _nextOpener = Instant.Zero;
    private bool _wasTriggered;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public void Advance(Instant now)
    {
        foreach (var pair in state.List.Pairs)
        {
            Repeat(pair, now);
        }

        if (now >= _nextOpener && NextToOpen() is { } closed && closed.HeldUntil <= now && IsPaid(closed, now))
        {
            Open(closed, now);
        }

        if (now >= _nextStart && state.Current.Remote is not null)
        {
            StartNext(now);
        }

        Schedule();
    }

    private void Repeat(CandidatePair pair, Instant now)
    {
        if (pair.Check.TryAdvance(now, out var expired))
        {
            if (pair.Check.Sent.IsRepeated)
            {
                state.Stats.Retransmissions++;
            }

            var timeToLive = MayPoison(pair, now) ? state.Options.OpenerTimeToLive : (byte)0;
            state.Stats.OpenersSent += timeToLive != 0 ? 1 : 0;
            state.Send(pair, pair.Check.Sent, now, timeToLive);
        }

        if (expired && pair.State == PairState.InProgress)
        {
            state.Fail(pair, pair.WasRefused ? PairFailure.CredentialsRefused : PairFailure.Unanswered, now);
        }
        else if (expired && pair.IsToBeNominated)
        {
            state.List.Trigger(pair);
        }
    }

    private void StartNext(Instant now)
    {
        var ordinary = NextPaid(now);
        var isOpening = ordinary is not null && !state.List.IsOpened(ordinary.Opening);
        var isDirectOpening = isOpening && !ordinary!.IsRelayed;
        if (isOpening && _wasTriggered)
        {
            Start(ordinary!, now, isTriggered: false); // each kind shows early, however many are triggered
        }
        else if (state.List.TakeTriggered(directOnly: isDirectOpening) is { } triggered)
        {
            Start(triggered, now, isTriggered: true);
        }
        else if (ordinary is not null)
        {
            Start(ordinary, now, isTriggered: false);
        }
    }

    /// <summary>The next ordinary check, if it opens no port that the budget has nothing for.</summary>
    private CandidatePair? NextPaid(Instant now)
    {
        while (state.List.NextWaiting(state.Current, now) is { } pair)
        {
            if (IsPaid(pair, now))
            {
                return pair;
            }
        }

        return null;
    }

    private bool IsPaid(CandidatePair pair, Instant now)
    {
        if (!pair.OpensPort || state.Options.Allowance is not { } allowance || allowance.TrySpend(pair.RemoteAddress, now, out var retryAt))
        {
            return true;
        }

        pair.HeldUntil = retryAt;
        return false;
    }

    private void Start(CandidatePair pair, Instant now, bool isTriggered)
    {
        if (pair is { State: PairState.Failed, Failure: PairFailure.Prohibited })
        {
            return; // it was triggered before
        }

        if (pair.Check.IsActive)
        {
            pair.Sent.Add(pair.Check.Sent); // RFC 8445 §7.3.1.4: repeated no more, but its answer still counts
        }

        if (pair.State != PairState.Succeeded)
        {
            pair.State = PairState.InProgress;
        }

        _wasTriggered = isTriggered;
        pair.IsCheckTriggered = pair.RequestsReceived > 0;
        var check = state.DrawCheck(now) with
        {
            UseCandidate = pair.IsToBeNominated,
            Nomination = pair.IsToBeNominated ? pair.NominationToSend : 0,
        };
        _nextStart = now + state.Options.Ta;
        pair.Check.Begin(check, now, Rto());
        Repeat(pair, now);
    }

    // Before the answer goes out, or else the peer's check may be at our NAT before its hole is: an opener waits for no other check.
    private void Open(CandidatePair pair, Instant now)
    {
        pair.State = PairState.InProgress;
        _nextOpener = now + state.Options.Ta;
        var check = state.DrawCheck(now);
        pair.Check.Begin(check, now + state.Options.OpenerDelay, Rto());
        pair.Check.MarkRepeated();
        state.Stats.OpenersSent++;
        state.Send(pair, check, now, state.Options.OpenerTimeToLive);
    }

    private CandidatePair? NextToOpen()
    {
        CandidatePair? best = null;
        if (state.Options.OpenerTimeToLive != 0 && state.Current.Remote is not null)
        {
            foreach (var pair in state.List.Pairs)
            {
                best = NeedsOpener(pair) && (best is null || Rank(pair).CompareTo(Rank(best)) > 0) ? pair : best;
            }
        }

        return best;
    }

    private bool NeedsOpener(CandidatePair pair) =>
        state.List.IsReady(pair, state.Current)
        && pair.Opening == PairOpening.HostToReflexive && pair.RequestsSent == 0 && pair.RequestsReceived == 0;

    // The base that a STUN server answered is the one that leads outside, whatever its preference.
    private static (bool, ulong) Rank(CandidatePair pair) => (pair.Local.HasReflexive, pair.Priority);

    // As long as nothing shows that the peer has our answer, its own checks have not left: a packet of full life would be early.
    private bool MayPoison(CandidatePair pair, Instant now) =>
        state.Options.OpenerTimeToLive != 0 && pair.IsOutside
        && state.Stats.RequestsReceived == 0 && now - pair.FirstSent < state.Options.OpenerPatience;

    /// <summary>RFC 8445 §14.3: the more checks are under way, the slower each is repeated.</summary>
    private TimeSpan Rto()
    {
        var underWay = 0;
        foreach (var pair in state.List.Pairs)
        {
            underWay += pair.State is PairState.Waiting or PairState.InProgress && !state.List.AwaitsPeer(pair) ? 1 : 0;
        }

        var paced = state.Options.Ta * underWay;
        return paced > state.Options.MinimumRto ? paced : state.Options.MinimumRto;
    }

    private void Schedule()
    {
        var next = Instant.Never;
        var start = state.List.HasTriggered ? _nextStart : Instant.Never;
        foreach (var pair in state.List.Pairs)
        {
            next = Instant.Min(next, pair.Check.NextDeadline);
            start = state.List.IsReady(pair, state.Current) ? Instant.Min(start, Instant.Max(_nextStart, pair.HeldUntil)) : start;
        }

        next = NextToOpen() is { } closed ? Instant.Min(next, Instant.Max(_nextOpener, closed.HeldUntil)) : next;
        NextDeadline = state.Current.Remote is not null ? Instant.Min(next, start) : next;
    }
}

using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>When checks leave (RFC 8445 §6.1.4.2, §14): a new one every Ta at most, triggered ones first; repeats by their own clock.</summary>
internal sealed class CheckPacing(AgentState state)
{
    private Instant _nextStart = Instant.Zero;

    public Instant NextDeadline { get; private set; } = Instant.Never;

    public void Advance(Instant now)
    {
        foreach (var pair in state.List.Pairs)
        {
            Repeat(pair, now);
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

            state.Send(pair, pair.Check.Sent, now);
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
        var ordinary = state.List.NextWaiting(state.Current);
        var isDirectOpening = ordinary is { IsRelayed: false } && !state.List.IsOpened(ordinary.Opening);
        if (state.List.TakeTriggered(directOnly: isDirectOpening) is { } triggered)
        {
            Start(triggered, now, isTriggered: true);
        }
        else if (ordinary is not null)
        {
            Start(ordinary, now, isTriggered: false);
        }
    }

    private void Start(CandidatePair pair, Instant now, bool isTriggered)
    {
        if (pair.Check.IsActive)
        {
            pair.Sent.Add(pair.Check.Sent); // RFC 8445 §7.3.1.4: repeated no more, but its answer still counts
        }

        if (pair.State != PairState.Succeeded)
        {
            pair.State = PairState.InProgress;
        }

        pair.IsCheckTriggered = pair.RequestsReceived > 0;
        var check = state.DrawCheck(now) with
        {
            UseCandidate = pair.IsToBeNominated,
            Nomination = pair.IsToBeNominated ? pair.NominationToSend : 0,
        };
        _nextStart = now + state.Options.Ta;
        if (!isTriggered && NeedsOpener(pair))
        {
            pair.Check.Begin(check, now + state.Options.OpenerDelay, Rto());
            pair.Check.MarkRepeated();
            state.Stats.OpenersSent++;
            state.Send(pair, check, now, state.Options.OpenerTimeToLive);
            return;
        }

        pair.Check.Begin(check, now, Rto());
        Repeat(pair, now);
    }

    private bool NeedsOpener(CandidatePair pair) =>
        state.Options.OpenerTimeToLive != 0 && pair.Opening == PairOpening.HostToReflexive && pair.RequestsSent == 0 && pair.RequestsReceived == 0;

    /// <summary>RFC 8445 §14.3: the more checks are under way, the slower each is repeated.</summary>
    private TimeSpan Rto()
    {
        var underWay = 0;
        foreach (var pair in state.List.Pairs)
        {
            underWay += pair.State is PairState.Waiting or PairState.InProgress ? 1 : 0;
        }

        var paced = state.Options.Ta * underWay;
        return paced > state.Options.MinimumRto ? paced : state.Options.MinimumRto;
    }

    private void Schedule()
    {
        var next = Instant.Never;
        var waits = state.List.HasTriggered;
        foreach (var pair in state.List.Pairs)
        {
            next = Instant.Min(next, pair.Check.NextDeadline);
            waits |= pair.State == PairState.Waiting && pair.Generation == state.Current;
        }

        NextDeadline = waits && state.Current.Remote is not null ? Instant.Min(next, _nextStart) : next;
    }
}

using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>What the machines inside an <see cref="IceAgent"/> share.</summary>
internal sealed class AgentState
{
    private const int MaximumEvents = 1024;
    private const double RoundTripGain = 0.125; // as TCP smooths

    public AgentState(IceOptions options, IRandom random)
    {
        Options = options.PeerIsLite ? options with { Role = IceRole.Controlling } : options;
        Random = random;
        Role = Options.Role;
        Renomination = Options.Renomination;
        Tiebreaker = options.Tiebreaker != 0 ? options.Tiebreaker : random.NextUInt64();
        Current = new(IceCredentials.Draw(random));
        List = new(Options, Stats);
        Guesses = new(this);
    }

    public IceOptions Options { get; }

    /// <summary>Learnt from the options, or later from the peer's description.</summary>
    public bool Renomination { get; set; }

    public IRandom Random { get; }

    public IceRole Role { get; private set; }

    public ulong Tiebreaker { get; private set; }

    public IceGeneration Current { get; private set; }

    /// <summary>The generation before the last restart: its checks are still answered (RFC 8445 §9).</summary>
    public IceGeneration? Previous { get; private set; }

    public IceStats Stats { get; } = new();

    public CheckList List { get; }

    public Outbox Outbox { get; } = new();

    public Guesses Guesses { get; }

    public Strangers Strangers { get; } = new();

    public Queue<IceEvent> Events { get; } = new();

    /// <summary>Where data goes.</summary>
    public CandidatePair? Selected { get; set; }

    /// <summary>See <see cref="Prohibition"/>.</summary>
    public bool IsDirectProhibited { get; set; }

    public bool LocalEnded { get; set; }

    public bool RemoteEnded { get; set; }

    public bool HasAllCandidates => LocalEnded && RemoteEnded;

    /// <summary>A pair failed or was chosen: the machines are to look once more before the next deadline is known.</summary>
    public bool HasChanged { get; set; }

    public void Emit(IceEvent happened)
    {
        if (Events.Count < MaximumEvents)
        {
            Events.Enqueue(happened);
        }
        else
        {
            Stats.TurnedAway++;
        }
    }

    /// <summary>Gives way in a role conflict (RFC 8445 §7.2.5.1, §7.3.1.1): pair priorities change with the role.</summary>
    public void SwitchRole()
    {
        Role = Role == IceRole.Controlling ? IceRole.Controlled : IceRole.Controlling;
        List.Role = Role;
        Emit(new IceEvent.RoleChanged(Role));
    }

    /// <summary>RFC 8445 §16.1: the number changes after a 487, lest the two meet again.</summary>
    public void RedrawTiebreaker() => Tiebreaker = Random.NextUInt64();

    public void Restart()
    {
        LocalEnded = RemoteEnded = false;
        Previous = Current;
        Current = new(IceCredentials.Draw(Random));
        List.Restart(Selected);
        Guesses.Stop();
    }

    public SentCheck DrawCheck(Instant now) => new(TransactionId.Draw(Random), now, Role);

    /// <summary>Puts a request into the outbox.</summary>
    public void Send(CandidatePair pair, in SentCheck check, Instant now, byte timeToLive = 0)
    {
        var sent = Outbox.TryAdd(new()
        {
            Kind = OutgoingKind.Request,
            Source = pair.LocalAddress,
            Destination = pair.RemoteAddress,
            Generation = pair.Generation,
            Check = check,
            Priority = pair.Local.CheckPriority,
            TimeToLive = timeToLive,
        });
        if (!sent)
        {
            Stats.TurnedAway++;
            return;
        }

        pair.RequestsSent++;
        pair.FirstSent = Instant.Min(pair.FirstSent, now);
        pair.LastSent = now;
        Stats.RequestsSent++;
    }

    /// <summary>One request that is not repeated: for consent, keep-alive, probes and rechecks.</summary>
    public void SendOnce(CandidatePair pair, Instant now, bool useCandidate = false)
    {
        var check = DrawCheck(now) with { UseCandidate = useCandidate };
        pair.Sent.Add(check);
        Send(pair, check, now);
    }

    /// <summary>A check was answered: the pair is valid, and alive.</summary>
    public void MarkAnswered(CandidatePair pair, in SentCheck check, Instant now)
    {
        pair.ResponsesReceived++;
        Measure(pair, now - check.At, check.IsRepeated);
        pair.Pulse.LastResponse = now;
        pair.Pulse.NoteReceived();
        if (pair.State == PairState.Succeeded)
        {
            return;
        }

        pair.State = PairState.Succeeded;
        if (pair.Remote.Type == CandidateType.PeerReflexive)
        {
            Strangers.Forget();
        }

        pair.Failure = PairFailure.None;
        pair.ValidatedAt = now;
        pair.FirstValid = Instant.Min(pair.FirstValid, now);
        pair.Pulse.NextRecheck = Instant.Never;
        Emit(new IceEvent.PairValidated(pair.Path));
    }

    public void Fail(CandidatePair pair, PairFailure cause, Instant now)
    {
        if (pair.State == PairState.Succeeded)
        {
            pair.Pulse.NoteDeath(now);
        }

        pair.State = PairState.Failed;
        pair.Failure = cause;
        pair.Check.End();
        pair.IsWarm = false;
        HasChanged = true;
        if (cause != PairFailure.Released)
        {
            Emit(new IceEvent.PairFailed(pair.Path, cause));
        }
    }

    /// <summary>From a repeated request comes only an upper bound, which serves until there is better.</summary>
    private static void Measure(CandidatePair pair, TimeSpan sample, bool isBound)
    {
        if (pair.RoundTrip == TimeSpan.Zero || (pair.IsRoundTripBound && !isBound))
        {
            pair.RoundTrip = sample;
            pair.IsRoundTripBound = isBound;
        }
        else if (!isBound)
        {
            pair.RoundTrip += (sample - pair.RoundTrip) * RoundTripGain;
        }
    }
}

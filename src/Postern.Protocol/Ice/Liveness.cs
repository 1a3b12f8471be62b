using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>
/// Notices within two seconds that a pair went dead, long before consent expires, and asks dead pairs again. A request from the
/// peer is no sign of life: it shows that the peer is heard, not that we are.
/// </summary>
internal sealed class Liveness(AgentState state)
{
    private const int RecheckedBesidePath = 3;
    private const int RecheckedWithoutPath = 10;

    /// <summary>Silence after a send until probes begin.</summary>
    private static readonly TimeSpan SuspectAfter = TimeSpan.FromSeconds(1);

    /// <summary>Silence after the first probe until the pair is taken for dead.</summary>
    private static readonly TimeSpan DeadAfter = TimeSpan.FromMilliseconds(750);

    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan SlowProbeInterval = TimeSpan.FromSeconds(1);

    /// <summary>A silent pair without alternative is probed slowly from then on; one held warm is given up.</summary>
    private static readonly TimeSpan SlowAfter = TimeSpan.FromSeconds(4);

    /// <summary>Silence on the selected pair while another carries the peer's data: the peer has moved.</summary>
    private static readonly TimeSpan PeerMovedAfter = TimeSpan.FromMilliseconds(500);

    public Instant NextDeadline { get; private set; } = Instant.Never;

    /// <summary>Whether a pair was silent for so long that another is to be preferred.</summary>
    public static bool IsSilent(CandidatePair pair, Instant now) => now >= DeadAt(pair);

    public void NoteSent(CandidatePair pair, Instant now)
    {
        pair.Pulse.NoteSent(now);
        NextDeadline = Instant.Min(NextDeadline, SuspectAt(pair));
    }

    public void NoteReceived(CandidatePair pair, Instant now)
    {
        pair.Pulse.NoteReceived();
        if (state.Selected is { } selected && selected != pair && selected.Pulse.UnansweredSince != Instant.Never
            && now >= selected.Pulse.UnansweredSince + PeerMovedAfter && now < SuspectAt(selected))
        {
            selected.Pulse.UnansweredSince = now - (SuspectAt(selected) - selected.Pulse.UnansweredSince);
            NextDeadline = now;
        }
    }

    public void Advance(Instant now)
    {
        NextDeadline = Instant.Never;
        foreach (var pair in state.List.Pairs)
        {
            if (pair.State == PairState.Succeeded && pair.Pulse.UnansweredSince != Instant.Never)
            {
                Probe(pair, now);
            }
            else if (pair.State == PairState.Failed && pair.WasValid)
            {
                Recheck(pair, now);
            }
        }
    }

    private static Instant SuspectAt(CandidatePair pair) => pair.Pulse.UnansweredSince + AtLeast(SuspectAfter, pair.RoundTrip * 1.5);

    private static Instant DeadAt(CandidatePair pair) => SuspectAt(pair) + AtLeast(DeadAfter, pair.RoundTrip * 1.5);

    private static TimeSpan AtLeast(TimeSpan least, TimeSpan wanted) => wanted > least ? wanted : least;

    private void Probe(CandidatePair pair, Instant now)
    {
        var isSelected = pair == state.Selected;
        var slowAt = Instant.Max(pair.Pulse.UnansweredSince + SlowAfter, DeadAt(pair));
        if (!isSelected && now >= slowAt)
        {
            state.Fail(pair, PairFailure.Silence, now);
            NextDeadline = now;
            return;
        }

        if (pair.Pulse.NextProbe == Instant.Never)
        {
            pair.Pulse.NextProbe = SuspectAt(pair);
        }

        if (now >= pair.Pulse.NextProbe)
        {
            state.Stats.ProbesSent++;
            state.SendOnce(pair, now);
            pair.Pulse.NextProbe = now + (isSelected && now < slowAt ? ProbeInterval : SlowProbeInterval);
        }

        var next = Instant.Min(pair.Pulse.NextProbe, now < DeadAt(pair) ? DeadAt(pair) : Instant.Never);
        NextDeadline = Instant.Min(NextDeadline, isSelected ? next : Instant.Min(next, slowAt));
    }

    private void Recheck(CandidatePair pair, Instant now)
    {
        if (now >= pair.Pulse.NextRecheck)
        {
            pair.Pulse.NoteRecheck(now);
            if (IsWorthIt(pair))
            {
                state.Stats.RechecksSent++;
                state.SendOnce(pair, now);
            }
        }

        NextDeadline = Instant.Min(NextDeadline, pair.Pulse.NextRecheck);
    }

    /// <summary>Beside a path, the three best dead pairs; without one, the ten best, released ones included.</summary>
    private bool IsWorthIt(CandidatePair pair)
    {
        var hasPath = state.Selected is not null;
        if (pair.Generation != state.Current || (hasPath && pair.Failure == PairFailure.Released) || (state.IsDirectProhibited && !pair.Local.IsRelayed))
        {
            return false;
        }

        var better = 0;
        foreach (var other in state.List.Pairs)
        {
            better += other.State == PairState.Failed && other.WasValid && other.Priority > pair.Priority ? 1 : 0;
        }

        return better < (hasPath ? RecheckedBesidePath : RecheckedWithoutPath);
    }
}

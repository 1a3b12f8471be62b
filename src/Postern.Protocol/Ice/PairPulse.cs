using Postern.Protocol.Net;

namespace Postern.Protocol.Ice;

/// <summary>What a pair that worked last gave sign of, and when it is to be asked again.</summary>
internal struct PairPulse
{
    private static readonly TimeSpan FirstRecheck = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestRecheck = TimeSpan.FromSeconds(10);

    /// <summary>The first packet sent since the pair last gave sign of life; never where nothing is outstanding.</summary>
    public Instant UnansweredSince;

    /// <summary>The last verified response: consent runs from it (RFC 7675 §5.1).</summary>
    public Instant LastResponse;

    /// <summary>The next consent check or keep-alive.</summary>
    public Instant NextRequest;

    /// <summary>The next probe, while silent.</summary>
    public Instant NextProbe;

    /// <summary>The next attempt on a dead pair.</summary>
    public Instant NextRecheck;

    public TimeSpan RecheckInterval;

    /// <summary>How often the pair died: a pair that flaps is asked later.</summary>
    public int Deaths;

    public static PairPulse Unborn => new()
    {
        UnansweredSince = Instant.Never,
        NextRequest = Instant.Never,
        NextProbe = Instant.Never,
        NextRecheck = Instant.Never,
    };

    /// <summary>It is asked again every 2 s, then less often, to every 10 s; a pair that flaps waits longer from the start.</summary>
    public void NoteDeath(Instant now)
    {
        NoteReceived();
        NextRequest = Instant.Never;
        RecheckInterval = FirstRecheck * Math.Pow(2, Math.Min(Deaths, 3));
        RecheckInterval = RecheckInterval < LongestRecheck ? RecheckInterval : LongestRecheck;
        NextRecheck = now + RecheckInterval;
        Deaths++;
    }

    public void NoteRecheck(Instant now)
    {
        NextRecheck = now + RecheckInterval;
        RecheckInterval *= 1.5;
        RecheckInterval = RecheckInterval < LongestRecheck ? RecheckInterval : LongestRecheck;
    }

    public void NoteSent(Instant now)
    {
        if (UnansweredSince == Instant.Never)
        {
            UnansweredSince = now;
        }
    }

    public void NoteReceived()
    {
        UnansweredSince = Instant.Never;
        NextProbe = Instant.Never;
    }
}

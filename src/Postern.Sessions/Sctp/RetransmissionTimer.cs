using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>The T3-rtx timer (RFC 9260 §6.3.2) and, ahead of it, the tail loss probe (RFC 8985 §7).</summary>
internal sealed class RetransmissionTimer(AssociationContext context)
{
    // RFC 8985 §7.2 adds the peer's delay of acknowledgements for a lone packet; the I bit on the last chunk spares it.
    private static readonly TimeSpan AlarmSlack = TimeSpan.FromMilliseconds(4);

    private bool _isProbeSpent;

    public Instant TimeoutAt { get; private set; } = Instant.Never;

    public Instant ProbeAt { get; private set; } = Instant.Never;

    public void OnSent(bool canProbe, Instant now)
    {
        if (TimeoutAt == Instant.Never)
        {
            TimeoutAt = now + context.Rtt.Rto;
        }

        SetProbe(canProbe, now);
    }

    public void OnAcknowledged(bool isAnythingLeft, bool canProbe, Instant now)
    {
        _isProbeSpent = false;
        TimeoutAt = isAnythingLeft ? now + context.Rtt.Rto : Instant.Never;
        SetProbe(canProbe, now);
    }

    public void OnProbe(Instant now)
    {
        _isProbeSpent = true;
        ProbeAt = Instant.Never;
        TimeoutAt = now + context.Rtt.Rto;
    }

    public void OnTimeout()
    {
        ProbeAt = Instant.Never;
        TimeoutAt = Instant.Never;
    }

    public void Restart(Instant now)
    {
        _isProbeSpent = false;
        TimeoutAt = now + context.Rtt.Rto;
    }

    /// <summary>Something else than data (a FORWARD TSN) wants an answer.</summary>
    public void Ensure(Instant now)
    {
        if (TimeoutAt == Instant.Never)
        {
            TimeoutAt = now + context.Rtt.Rto;
        }
    }

    private void SetProbe(bool canProbe, Instant now)
    {
        var isPossible = canProbe && !_isProbeSpent && context.Rtt.Smoothed > TimeSpan.Zero;
        ProbeAt = isPossible ? now + (2 * context.Rtt.Smoothed) + AlarmSlack : Instant.Never;
    }
}

using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>A pair's check that is repeated until it is answered (RFC 8445 §7.2.4): at most one at a time.</summary>
internal struct CheckTransaction
{
    private StunRetransmission _retransmission;

    public bool IsActive { get; private set; }

    public SentCheck Sent { get; private set; }

    public readonly Instant NextDeadline => IsActive ? _retransmission.NextDeadline : Instant.Never;

    public readonly bool IsNomination => IsActive && Sent.UseCandidate;

    /// <param name="check">The request.</param>
    /// <param name="first">When its first packet of full life leaves.</param>
    /// <param name="rto">Time to the first repeat.</param>
    public void Begin(in SentCheck check, Instant first, TimeSpan rto)
    {
        Sent = check;
        _retransmission = new(first, rto);
        IsActive = true;
    }

    /// <summary>True when the request is to leave now; where it is given up instead, <paramref name="expired"/> is true.</summary>
    public bool TryAdvance(Instant now, out bool expired)
    {
        expired = false;
        if (!IsActive)
        {
            return false;
        }

        var due = _retransmission.TryAdvance(now);
        if (due && _retransmission.Transmissions > 1)
        {
            Sent = Sent with { IsRepeated = true };
        }

        expired = _retransmission.IsExpired;
        IsActive = !expired;
        return due;
    }

    public void MarkRepeated() => Sent = Sent with { IsRepeated = true };

    public void End() => IsActive = false;
}

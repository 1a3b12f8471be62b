using Postern.Protocol.Net;

namespace Postern.Protocol.Stun;

/// <summary>
/// When a request over UDP is sent again and when it is given up (RFC 8489 §6.2.1): after RTO, then doubling, <c>Rc</c>
/// transmissions in all, and given up <c>Rm</c>·RTO after the last. With the defaults: 0, 500, 1500 … 31500 ms, end at 39500 ms.
/// </summary>
public struct StunRetransmission
{
    /// <summary>RFC 8489 §6.2.1: "RTO … SHOULD be 500 ms" where nothing better is known.</summary>
    public static readonly TimeSpan DefaultRto = TimeSpan.FromMilliseconds(500);

    /// <summary>RFC 8489 §6.2.1: "Rc … SHOULD have a default of 7".</summary>
    public const int DefaultRc = 7;

    /// <summary>RFC 8489 §6.2.1: "Rm … SHOULD be 16".</summary>
    public const int DefaultRm = 16;

    /// <summary>RFC 8489 §6.2.2: over a reliable transport nothing is sent again, and Ti is as long as the default timing over UDP.</summary>
    private static readonly TimeSpan Ti = TimeSpan.FromSeconds(39.5);

    private readonly TimeSpan _rto;
    private readonly int _rc;
    private readonly int _rm;
    private TimeSpan _interval;

    /// <summary>The first transmission is due at <paramref name="start"/>.</summary>
    public StunRetransmission(Instant start, TimeSpan rto, int rc = DefaultRc, int rm = DefaultRm)
    {
        _rto = rto;
        _rc = rc;
        _rm = rm;
        _interval = rto;
        NextDeadline = start;
    }

    /// <summary>Over a stream, which repeats by itself: due at <paramref name="start"/>, and given up after 39.5 s.</summary>
    public static StunRetransmission OverStream(Instant start) => new(start, Ti, rc: 1, rm: 1);

    /// <summary>How often the request was sent.</summary>
    public int Transmissions { get; private set; }

    public Instant NextDeadline { get; private set; }

    public readonly bool IsExpired => NextDeadline == Instant.Never;

    /// <summary>True when the request is to be sent (again) now; once it is given up, <see cref="IsExpired"/> is true.</summary>
    public bool TryAdvance(Instant now)
    {
        if (now < NextDeadline)
        {
            return false;
        }

        if (Transmissions == _rc)
        {
            NextDeadline = Instant.Never;
            return false;
        }

        Transmissions++;
        NextDeadline = now + (Transmissions == _rc ? _rto * _rm : _interval);
        _interval *= 2;
        return true;
    }
}

using Postern.Protocol.Net;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>When a flight is repeated (RFC 6347 §4.2.4.1).</summary>
internal sealed class FlightTimer
{
    private static readonly TimeSpan Maximum = TimeSpan.FromSeconds(3);
    private readonly TimeSpan _initial;
    private TimeSpan _timeout;
    private Instant _sent;

    public FlightTimer(TimeSpan initial)
    {
        _initial = initial;
        _timeout = initial;
    }

    public Instant Deadline { get; private set; } = Instant.Never;

    /// <summary>A new flight went out.</summary>
    public void Start(Instant now)
    {
        _timeout = _initial;
        Resume(now);
    }

    /// <summary>The flight went out again because its time had passed.</summary>
    public void BackOff(Instant now)
    {
        _timeout = _timeout * 2 < Maximum ? _timeout * 2 : Maximum;
        Resume(now);
    }

    /// <summary>The flight went out again for another reason, or its peer is to be heard again.</summary>
    public void Resume(Instant now)
    {
        _sent = now;
        Deadline = now + _timeout;
    }

    public void Stop() => Deadline = Instant.Never;

    /// <summary>
    /// Whether a repetition by the peer may be answered by one of ours: not more often than every half timeout, so that
    /// duplicates made by the network, or by an attacker, do not multiply.
    /// </summary>
    public bool MayAnswer(Instant now) => now - _sent >= _initial / 2;

    /// <summary>As <see cref="Resume"/>, for a flight that nothing answers any more.</summary>
    public void NoteAnswer(Instant now) => _sent = now;
}

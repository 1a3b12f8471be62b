using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>Round-trip time and retransmission timeout (RFC 9260 §6.3.1), and the shortest round trip of late.</summary>
internal sealed class RttEstimator
{
    private static readonly TimeSpan MinimumLifetime = TimeSpan.FromSeconds(10); // as BBR's min_rtt filter
    private static readonly TimeSpan Granularity = TimeSpan.FromMilliseconds(1);

    private readonly SctpOptions _options;
    private TimeSpan _variation;
    private TimeSpan _rto;
    private int _backoff;
    private TimeSpan _previousMinimum = TimeSpan.MaxValue;
    private TimeSpan _currentMinimum = TimeSpan.MaxValue;
    private Instant _minimumSince;

    public RttEstimator(SctpOptions options)
    {
        _options = options;
        Reset(options.RoundTrip);
    }

    /// <summary>Zero until something was measured or told.</summary>
    public TimeSpan Smoothed { get; private set; }

    public TimeSpan Latest { get; private set; }

    public TimeSpan Minimum => TimeSpan.FromTicks(Math.Min(_previousMinimum.Ticks, _currentMinimum.Ticks));

    public bool IsMeasured { get; private set; }

    /// <summary>The timeout, doubled for every expiry since the last sign of life (RFC 9260 §6.3.3 E2).</summary>
    public TimeSpan Rto => TimeSpan.FromTicks(Math.Min(_rto.Ticks << Math.Min(_backoff, 16), _options.MaximumRto.Ticks));

    /// <summary>The timeout without its doubling: after this a chunk that an old path carried will not come any more.</summary>
    public TimeSpan PlainRto => _rto;

    public void Backoff() => _backoff++;

    public void ForgetBackoff() => _backoff = 0;

    /// <summary>Begins anew, with what is known of the path.</summary>
    public void Reset(TimeSpan? roundTrip)
    {
        _backoff = 0;
        IsMeasured = false;
        _previousMinimum = _currentMinimum = TimeSpan.MaxValue;
        if (roundTrip is { } known && known > TimeSpan.Zero)
        {
            Smoothed = Latest = known;
            _variation = known / 2;
            SetRto();
        }
        else
        {
            Smoothed = Latest = _variation = TimeSpan.Zero;
            _rto = _options.InitialRto;
        }
    }

    public void Sample(TimeSpan roundTrip, Instant now)
    {
        Latest = roundTrip;
        _backoff = 0;
        if (!IsMeasured)
        {
            IsMeasured = true;
            Smoothed = roundTrip;
            _variation = roundTrip / 2;
        }
        else
        {
            _variation += ((Smoothed - roundTrip).Duration() - _variation) / 4; // RTO.Beta = 1/4
            Smoothed += (roundTrip - Smoothed) / 8;                             // RTO.Alpha = 1/8
        }

        SetRto();
        KeepMinimum(roundTrip, now);
    }

    private void SetRto()
    {
        var rto = Smoothed + TimeSpan.FromTicks(Math.Max(4 * _variation.Ticks, Granularity.Ticks));
        _rto = TimeSpan.FromTicks(Math.Clamp(rto.Ticks, _options.MinimumRto.Ticks, _options.MaximumRto.Ticks));
    }

    private void KeepMinimum(TimeSpan roundTrip, Instant now)
    {
        if (now - _minimumSince > MinimumLifetime)
        {
            _previousMinimum = _currentMinimum;
            _currentMinimum = TimeSpan.MaxValue;
            _minimumSince = now;
        }

        if (roundTrip < _currentMinimum)
        {
            _currentMinimum = roundTrip;
        }
    }
}

using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>CUBIC's congestion avoidance (RFC 9438), in bytes; slow start stands in <see cref="SlowStart"/>.</summary>
internal sealed class Cubic(int segment)
{
    private const double C = 0.4;                                 // RFC 9438 §5.1, segments per second³
    private const double Beta = 0.7;                              // RFC 9438 §4.6
    private const double Alpha = 3 * (1 - Beta) / (1 + Beta);     // RFC 9438 §4.3
    private const int MinimumSegments = 4;                        // RFC 9260 §7.2.3
    private const long Maximum = 256L << 20;

    private double _maximum;        // W_max, segments
    private double _k;              // seconds until W_max is reached again
    private double _estimate;       // W_est, segments
    private double _epochWindow;    // segments when the epoch began
    private Instant _epoch = Instant.Never;

    /// <summary>Bytes.</summary>
    public double Window { get; private set; }

    /// <summary>Bytes; slow start below it.</summary>
    public double Threshold { get; private set; }

    public bool IsInSlowStart => Window < Threshold;

    public void Reset(int initialSegments)
    {
        Window = (double)initialSegments * segment;
        Threshold = double.MaxValue;
        _maximum = 0;
        _epoch = Instant.Never;
    }

    public void GrowInSlowStart(double bytes) => Window = Math.Min(Window + bytes, Maximum);

    public void EndSlowStart() => Threshold = Window;

    /// <summary>RFC 9438 §4.2–§4.5: the larger of the cubic curve and what Reno would have.</summary>
    public void Grow(long acknowledged, TimeSpan roundTrip, Instant now)
    {
        var window = Window / segment;
        if (_epoch == Instant.Never)
        {
            BeginEpoch(window, now);
        }

        var acknowledgedSegments = (double)acknowledged / segment;
        _estimate += (_estimate >= _maximum ? 1 : Alpha) * acknowledgedSegments / window;
        var target = Math.Clamp(Curve((now - _epoch) + roundTrip), window, 1.5 * window);
        var grown = Curve(now - _epoch) < _estimate ? Math.Max(window, _estimate) : window + ((target - window) / window * acknowledgedSegments);
        Window = Math.Min(grown * segment, Maximum);
    }

    /// <summary>RFC 9438 §4.6, §4.7: multiplicative decrease, with fast convergence.</summary>
    public void Shrink()
    {
        var window = Window / segment;
        _maximum = window < _maximum ? window * (1 + Beta) / 2 : window;
        Window = Math.Max(Window * Beta, MinimumSegments * segment);
        Threshold = Window;
        _epoch = Instant.Never;
    }

    /// <summary>RFC 9438 §4.8, RFC 9260 §7.2.3: one packet at a time after a timeout.</summary>
    public void Collapse()
    {
        Shrink();
        Window = segment;
    }

    private void BeginEpoch(double window, Instant now)
    {
        _epoch = now;
        _epochWindow = window;
        _estimate = window;
        _maximum = Math.Max(_maximum, window);
        _k = Math.Cbrt((_maximum - _epochWindow) / C);
    }

    private double Curve(TimeSpan since)
    {
        var t = since.TotalSeconds - _k;
        return (C * t * t * t) + _maximum;
    }
}

using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>How much may be in flight, and how fast it leaves: slow start with HyStart++, CUBIC, tolerance of losses without a queue, pacing.</summary>
internal sealed class CongestionControl
{
    private const int InitialSegments = 10; // RFC 6928 §2, as Chromium and usrsctp do for SCTP

    private readonly AssociationContext _context;
    private readonly Cubic _cubic;
    private readonly SlowStart _slowStart = new();
    private readonly LossTolerance _tolerance = new();
    private readonly int _segment;
    private long _roundEnd = -1;
    private long _recoveryStart = -1;

    public CongestionControl(AssociationContext context)
    {
        _context = context;
        _segment = context.Options.MaximumPacketSize;
        _cubic = new(_segment);
        Pacer = new(_segment);
        Reset();
    }

    public Pacer Pacer { get; }

    public long Window => (long)_cubic.Window;

    /// <summary>Whether chunks that were sent before the last reduction are still being repaired.</summary>
    public bool InRecovery(long oldestSentAt) => oldestSentAt >= 0 && oldestSentAt <= _recoveryStart;

    public void Reset()
    {
        _cubic.Reset(InitialSegments);
        _slowStart.Reset();
        _tolerance.Reset();
        _roundEnd = -1;
        _recoveryStart = -1;
        Publish();
    }

    public bool MaySend(long flight, int bytes) => flight + bytes <= _cubic.Window || flight == 0;

    /// <summary>A chunk that this path carried is acknowledged.</summary>
    /// <param name="news">What the SACK told.</param>
    /// <param name="flightBefore">Bytes in flight before it.</param>
    /// <param name="cumulative">How far all arrived.</param>
    /// <param name="next">The next new TSN: a round ends when it is acknowledged.</param>
    /// <param name="now">Now.</param>
    public void OnAcknowledged(in Acknowledgement news, long flightBefore, long cumulative, long next, Instant now)
    {
        _tolerance.OnDelivered(news.Chunks);
        if (news.SampleSentAt >= 0)
        {
            _tolerance.OnSample(_context.Rtt.Latest);
            _slowStart.OnSample(_context.Rtt.Latest);
        }

        if (cumulative >= _roundEnd)
        {
            BeginRound(next);
        }

        if (_cubic.IsInSlowStart)
        {
            if (2 * flightBefore >= _cubic.Window) // RFC 9260 §7.2.1: only a window that is used grows
            {
                _cubic.GrowInSlowStart((double)news.Bytes / _slowStart.GrowthDivisor);
            }
        }
        else if (flightBefore + (4 * _segment) >= _cubic.Window * 0.9)
        {
            _cubic.Grow(news.Bytes, _context.Rtt.Smoothed, now);
        }

        Publish();
    }

    /// <summary>A chunk that this path carried is lost; chunks sent before the last reduction reduce no further (RFC 9260 §7.2.4).</summary>
    public void OnLost(long sentAt, Instant now)
    {
        _tolerance.OnLost();
        if (sentAt <= _recoveryStart || _tolerance.IsTolerable(_context.Rtt.Minimum))
        {
            return;
        }

        _recoveryStart = now.Ticks;
        _cubic.Shrink();
        _tolerance.Reset();
        _context.Stats.CongestionEvents++;
        Publish();
    }

    public void OnTimeout(Instant now)
    {
        _recoveryStart = now.Ticks;
        _cubic.Collapse();
        _context.Stats.CongestionEvents++;
        Publish();
    }

    private void BeginRound(long next)
    {
        _roundEnd = next;
        _tolerance.BeginRound();
        if (_cubic.IsInSlowStart && _slowStart.BeginRound())
        {
            _cubic.EndSlowStart();
        }
    }

    private void Publish()
    {
        Pacer.SetRate(_cubic.Window, _context.Rtt.Smoothed, _cubic.IsInSlowStart);
        _context.Stats.CongestionWindow = Window;
    }
}

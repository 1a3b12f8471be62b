using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>
/// Spreads a window over its round trip. A bucket, so that a driver whose alarm ticks at a millisecond or two still reaches the rate;
/// very short round trips are not paced, since no alarm is that fine.
/// </summary>
internal sealed class Pacer(int segment)
{
    private const int BurstSegments = 10;                                    // RFC 6928's initial window leaves at once
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan BurstTime = TimeSpan.FromMilliseconds(3);
    private static readonly TimeSpan Unpaced = TimeSpan.FromMilliseconds(2);

    private double _rate;      // bytes per tick of the clock; 0 is unpaced
    private double _credit = BurstSegments * (double)segment;
    private Instant _filledAt;

    public void SetRate(double window, TimeSpan roundTrip, bool isSlowStart)
    {
        // Gains as in Linux: twice in slow start, which doubles per round trip, else a little more than the window needs.
        _rate = roundTrip < Unpaced ? 0 : window * (isSlowStart ? 2.0 : 1.2) / roundTrip.Ticks;
    }

    public bool MaySend(Instant now)
    {
        if (_rate == 0)
        {
            return true;
        }

        _credit = Math.Min(Burst, _credit + ((now - _filledAt).Ticks * _rate));
        _filledAt = now;
        return _credit > 0;
    }

    public void OnSent(int bytes) => _credit = _rate == 0 ? Burst : _credit - bytes;

    /// <summary>When it may send again, at least a millisecond away.</summary>
    public Instant NextSend(Instant now)
    {
        var wait = TimeSpan.FromTicks((long)((segment - _credit) / _rate));
        return now + (wait > Tick ? wait : Tick);
    }

    private double Burst => Math.Max(BurstSegments * segment, _rate * BurstTime.Ticks);
}

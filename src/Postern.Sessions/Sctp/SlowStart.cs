using Postern.Protocol.Net;

namespace Postern.Sessions.Sctp;

/// <summary>
/// When to leave slow start before the queue overflows: HyStart++ (RFC 9406). A round whose shortest round trip has grown
/// leads into conservative growth, and five such rounds out of slow start.
/// </summary>
internal sealed class SlowStart
{
    private const int SamplesNeeded = 8;         // RFC 9406 §4.3: N_RTT_SAMPLE
    private const int ConservativeRounds = 5;    // CSS_ROUNDS
    private const int ConservativeDivisor = 4;   // CSS_GROWTH_DIVISOR
    private static readonly TimeSpan MinimumThreshold = TimeSpan.FromMilliseconds(4);
    private static readonly TimeSpan MaximumThreshold = TimeSpan.FromMilliseconds(16);

    private TimeSpan _lastRound = TimeSpan.MaxValue;
    private TimeSpan _thisRound = TimeSpan.MaxValue;
    private TimeSpan _baseline;
    private int _samples;
    private int _roundsLeft;
    private bool _isConservative;

    public int GrowthDivisor => _isConservative ? ConservativeDivisor : 1;

    public void Reset()
    {
        _lastRound = _thisRound = TimeSpan.MaxValue;
        _samples = 0;
        _isConservative = false;
    }

    /// <summary>A round trip begins; true when slow start is over.</summary>
    public bool BeginRound()
    {
        _lastRound = _thisRound;
        _thisRound = TimeSpan.MaxValue;
        _samples = 0;
        return _isConservative && --_roundsLeft <= 0;
    }

    public void OnSample(TimeSpan roundTrip)
    {
        _thisRound = roundTrip < _thisRound ? roundTrip : _thisRound;
        if (++_samples < SamplesNeeded)
        {
            return;
        }

        if (_isConservative)
        {
            _isConservative = _thisRound >= _baseline;
        }
        else if (_lastRound != TimeSpan.MaxValue && _thisRound >= _lastRound + QueueThreshold(_lastRound))
        {
            _isConservative = true;
            _baseline = _thisRound;
            _roundsLeft = ConservativeRounds;
        }
    }

    /// <summary>How much longer a round trip must be before it shows a queue: an eighth, between 4 and 16 ms.</summary>
    public static TimeSpan QueueThreshold(TimeSpan roundTrip) =>
        TimeSpan.FromTicks(Math.Clamp(roundTrip.Ticks / 8, MinimumThreshold.Ticks, MaximumThreshold.Ticks));
}

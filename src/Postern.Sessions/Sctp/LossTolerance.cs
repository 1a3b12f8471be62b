namespace Postern.Sessions.Sctp;

/// <summary>
/// Tells losses of the medium from those of a full queue: as long as round trips show no queue and at most 2 % is lost (the cap of
/// BBR version 2), losses are repaired but the window stays. A window that shrinks with every loss would carry 7 Mbit/s at 20 ms and 1 %.
/// </summary>
internal sealed class LossTolerance
{
    private const double Share = 0.02;
    private const int Allowance = 4;          // losses that say nothing yet, so that one in a small window is no 10 %
    private const int Horizon = 400;          // chunks after which the past counts half, at a round's end

    private double _lost;
    private double _delivered;
    private TimeSpan _roundMinimum = TimeSpan.MaxValue;
    private TimeSpan _lastRoundMinimum = TimeSpan.MaxValue;

    public void Reset()
    {
        _lost = _delivered = 0;
        _roundMinimum = _lastRoundMinimum = TimeSpan.MaxValue;
    }

    public void OnDelivered(int chunks) => _delivered += chunks;

    public void OnLost() => _lost++;

    public void OnSample(TimeSpan roundTrip) => _roundMinimum = roundTrip < _roundMinimum ? roundTrip : _roundMinimum;

    public void BeginRound()
    {
        _lastRoundMinimum = _roundMinimum;
        _roundMinimum = TimeSpan.MaxValue;
        if (_lost + _delivered > Horizon)
        {
            _lost /= 2;
            _delivered /= 2;
        }
    }

    /// <summary>Whether the losses so far are no sign of congestion.</summary>
    /// <param name="minimum">The shortest round trip of late.</param>
    public bool IsTolerable(TimeSpan minimum)
    {
        var recent = _roundMinimum < _lastRoundMinimum ? _roundMinimum : _lastRoundMinimum;
        return recent != TimeSpan.MaxValue
            && recent <= minimum + SlowStart.QueueThreshold(minimum)
            && _lost <= Allowance + (Share * (_lost + _delivered));
    }
}

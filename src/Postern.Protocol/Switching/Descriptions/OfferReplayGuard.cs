namespace Postern.Protocol.Switching.Descriptions;

/// <summary>
/// Lets every verified offer through once. Of each key it remembers the offers of the last window and refuses what is older;
/// when it must forget one to stay within its bounds, it refuses from then on whatever is not newer than the forgotten one.
/// So no offer passes twice, whatever was sent in between, and one key's flood does not shut out another's.
/// </summary>
public sealed class OfferReplayGuard
{
    public static readonly TimeSpan DefaultWindow = TimeSpan.FromMinutes(10);

    private readonly long _window;
    private readonly int _maximumKeys;
    private readonly Dictionary<string, OfferHistory> _byKey = [];
    private long _strangersFloor;

    /// <param name="window">How old an offer may be, and how far its sender's clock may be ahead.</param>
    /// <param name="notBefore">Milliseconds since 1970: nothing issued earlier passes (say, the program's start less an allowance for clocks).</param>
    /// <param name="maximumKeys">Keys remembered at most.</param>
    public OfferReplayGuard(TimeSpan? window = null, long notBefore = 0, int maximumKeys = 1024)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maximumKeys);
        _window = (long)(window ?? DefaultWindow).TotalMilliseconds;
        _strangersFloor = notBefore - 1;
        _maximumKeys = maximumKeys;
    }

    /// <summary>Keys remembered.</summary>
    public int Keys => _byKey.Count;

    /// <param name="offer">An offer or restart whose signature has been verified.</param>
    /// <param name="key">The key that signed it.</param>
    /// <param name="unixMilliseconds">The time of day here.</param>
    public DescriptionError Admit(SessionDescription offer, string key, long unixMilliseconds)
    {
        if (offer.Issued < unixMilliseconds - _window || offer.Issued > unixMilliseconds + _window)
        {
            return DescriptionError.Stale;
        }

        if (_byKey.TryGetValue(key, out var history))
        {
            return history.Admit(offer, unixMilliseconds);
        }

        if (offer.Issued <= _strangersFloor)
        {
            return DescriptionError.Stale;
        }

        MakeRoom(unixMilliseconds - _window);
        history = new OfferHistory(_strangersFloor);
        _byKey.Add(key, history);
        return history.Admit(offer, unixMilliseconds);
    }

    private void MakeRoom(long outdated)
    {
        if (_byKey.Count < _maximumKeys)
        {
            return;
        }

        var (key, leastRecent) = _byKey.MinBy(entry => entry.Value.LastAdmitted);
        if (leastRecent.Newest >= outdated)
        {
            _strangersFloor = Math.Max(_strangersFloor, leastRecent.Newest);
        }

        _byKey.Remove(key);
    }
}

using Postern.Protocol.Net;

namespace Postern.Protocol.Switching.Server;

/// <summary>A rate with a burst: tokens come evenly, are kept up to the burst, and each thing done costs some.</summary>
internal struct TokenBucket
{
    private readonly double _burst;
    private readonly double _perSecond;
    private double _tokens;
    private Instant _filled;

    public TokenBucket(double burst, double perSecond, Instant now)
    {
        _burst = burst;
        _perSecond = perSecond;
        _tokens = burst;
        _filled = now;
    }

    /// <summary>When nothing of what was taken is missing any more.</summary>
    public readonly Instant Full => _filled + TimeSpan.FromSeconds((_burst - _tokens) / _perSecond);

    public bool TryTake(double cost, Instant now)
    {
        if (now > _filled)
        {
            _tokens = Math.Min(_burst, _tokens + ((now - _filled).TotalSeconds * _perSecond));
            _filled = now;
        }

        if (_tokens < cost)
        {
            return false;
        }

        _tokens -= cost;
        return true;
    }
}

using Postern.Protocol.Net;

namespace Postern.Lab.Boxes.Guards;

/// <summary>A leaky bucket of different ports: each window one leaks out, and one more than the threshold overflows.</summary>
internal sealed class BucketCount(GuardRules rules) : IScanCount
{
    private readonly HashSet<int> _ports = [];
    private Instant _last = Instant.Never;
    private double _level;

    public bool Add(int port, bool wasRefused, Instant now)
    {
        if (_last != Instant.Never)
        {
            _level = Math.Max(0, _level - ((now - _last).TotalSeconds / rules.Window));
        }

        _last = now;
        if (_level == 0)
        {
            _ports.Clear(); // an empty bucket is a new one
        }

        if (_ports.Add(port))
        {
            _level++;
        }

        return _level > rules.Threshold;
    }
}

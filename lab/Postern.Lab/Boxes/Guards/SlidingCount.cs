using Postern.Protocol.Net;

namespace Postern.Lab.Boxes.Guards;

/// <summary>Different ports within the window that ends with this packet.</summary>
internal sealed class SlidingCount(GuardRules rules) : IScanCount
{
    private readonly Dictionary<int, Instant> _last = [];

    public bool Add(int port, bool wasRefused, Instant now)
    {
        _last[port] = now;
        foreach (var (seen, at) in _last)
        {
            if (now - at > TimeSpan.FromSeconds(rules.Window))
            {
                _last.Remove(seen);
            }
        }

        return _last.Count >= rules.Threshold;
    }
}

using Postern.Protocol.Net;

namespace Postern.Lab.Boxes.Guards;

/// <summary>xt_psd's way: a port number that is new adds its weight and starts the window anew; a known one counts for nothing.</summary>
internal sealed class GapCount(GuardRules rules) : IScanCount
{
    private readonly HashSet<int> _ports = [];
    private Instant _last = Instant.Never;
    private int _weight;

    public bool Add(int port, bool wasRefused, Instant now)
    {
        if (_last != Instant.Never && now - _last > TimeSpan.FromSeconds(rules.Window))
        {
            _ports.Clear();
            _weight = 0;
        }

        if (!_ports.Add(port))
        {
            return false;
        }

        _last = now;
        _weight += rules.WeightOf(port);
        return _weight >= rules.Threshold;
    }
}

using Postern.Protocol.Net;

namespace Postern.Lab.Boxes.Guards;

/// <summary>Different ports since the epoch began.</summary>
internal sealed class EpochCount(GuardRules rules) : IScanCount
{
    private readonly HashSet<int> _ports = [];
    private Instant _began = Instant.Never;

    public bool Add(int port, bool wasRefused, Instant now)
    {
        if (_began == Instant.Never || now - _began > TimeSpan.FromSeconds(rules.Window))
        {
            _ports.Clear();
            _began = now;
        }

        _ports.Add(port);
        return _ports.Count >= rules.Threshold;
    }
}

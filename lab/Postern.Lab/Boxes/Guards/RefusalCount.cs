using Postern.Protocol.Net;

namespace Postern.Lab.Boxes.Guards;

/// <summary>Snort 3's way: in one window, refusals and changes of port must both reach their thresholds, or attempts theirs alone.</summary>
internal sealed class RefusalCount(GuardRules rules) : IScanCount
{
    private Instant _began = Instant.Never;
    private int _attempts;
    private int _refusals;
    private int _changes;
    private int _port = -1;

    public bool Add(int port, bool wasRefused, Instant now)
    {
        if (_began == Instant.Never || now - _began > TimeSpan.FromSeconds(rules.Window))
        {
            (_began, _attempts, _refusals, _changes, _port) = (now, 0, 0, 0, -1);
        }

        _attempts++;
        _refusals += wasRefused ? 1 : 0;
        _changes += port != _port ? 1 : 0;
        _port = port;
        return (_refusals >= rules.Refusals && _changes >= rules.Threshold) || (rules.Attempts > 0 && _attempts >= rules.Attempts);
    }
}

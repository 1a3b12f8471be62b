using Postern.Protocol.Net;

namespace Postern.Protocol.Switching.Client;

/// <summary>How long to wait before the next attempt: doubling, bounded, and a quarter by lot so that a restarted switchboard is not stormed.</summary>
internal sealed class ReconnectPause(SwitchboardClientOptions options, IRandom random)
{
    private TimeSpan _next = options.FirstPause;

    public TimeSpan Next()
    {
        var pause = _next * (0.75 + (0.25 * random.NextDouble()));
        _next = _next * 2 < options.LongestPause ? _next * 2 : options.LongestPause;
        return pause;
    }

    public void Reset() => _next = options.FirstPause;
}

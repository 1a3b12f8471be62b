using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>Tells packets that open a flow from those that belong to one.</summary>
internal sealed class FlowMemory
{
    private const int MostFlows = 1 << 16;

    /// <summary>A flow that was silent for so long is opened anew (the same as Linux's UDP stream).</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(120);

    private readonly Dictionary<(Transport Transport, Endpoint Inner, Endpoint Outer), Instant> _lastSeen = [];

    /// <summary>Notes the packet; true where it opens a flow.</summary>
    public bool IsNew(Transport transport, Endpoint inner, Endpoint outer, Instant now)
    {
        var key = (transport, inner, outer);
        var isNew = !_lastSeen.TryGetValue(key, out var before) || now - before > Silence;
        if (isNew && _lastSeen.Count >= MostFlows)
        {
            Purge(now);
        }

        _lastSeen[key] = now;
        return isNew;
    }

    public bool Knows(Transport transport, Endpoint inner, Endpoint outer, Instant now) =>
        _lastSeen.TryGetValue((transport, inner, outer), out var before) && now - before <= Silence;

    /// <summary>The packet that opened it was dropped: as in connection tracking, there is no such flow.</summary>
    public void Forget(Transport transport, Endpoint inner, Endpoint outer) => _lastSeen.Remove((transport, inner, outer));

    private void Purge(Instant now)
    {
        foreach (var (key, before) in _lastSeen)
        {
            if (now - before > Silence)
            {
                _lastSeen.Remove(key);
            }
        }

        if (_lastSeen.Count >= MostFlows)
        {
            _lastSeen.Clear();
        }
    }
}

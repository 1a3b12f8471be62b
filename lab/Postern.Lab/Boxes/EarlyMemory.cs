using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>Who has sent to which outer endpoint before the inside opened it.</summary>
internal sealed class EarlyMemory(TimeSpan span)
{
    private const int MostRemembered = 4096;

    private readonly Dictionary<(Transport Transport, Endpoint Outer, Endpoint Remote), Instant> _until = [];

    public void Note(Transport transport, Endpoint outer, Endpoint remote, Instant now)
    {
        if (_until.Count >= MostRemembered)
        {
            foreach (var (key, until) in _until)
            {
                if (until <= now)
                {
                    _until.Remove(key);
                }
            }
        }

        if (_until.Count < MostRemembered)
        {
            _until[(transport, outer, remote)] = now + span;
        }
    }

    public bool Remembers(Transport transport, Endpoint outer, Endpoint remote, Instant now) =>
        _until.TryGetValue((transport, outer, remote), out var until) && until > now;

    public void Clear() => _until.Clear();
}

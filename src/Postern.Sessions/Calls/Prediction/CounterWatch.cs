using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// Watches a NAT that counts while a call is being made: each answer of a server shows where the counter stood, and since every
/// mapping of our own is known, what it has counted beyond them are other hosts'. It costs no packet of its own.
/// </summary>
internal sealed class CounterWatch(NatDependence mapping)
{
    private const int MostMappings = 4096; // a call makes some hundred

    private readonly Dictionary<(Endpoint Source, Endpoint Towards), Look> _own = [];
    private Look? _first;
    private Look? _last;

    /// <summary>Something leaves; where it is the first on its way, our NAT makes a mapping.</summary>
    public void NoteSent(Endpoint source, Endpoint destination, Instant now)
    {
        if (source.IsV4 && _own.Count < MostMappings)
        {
            _own.TryAdd((source, mapping.Towards(destination)), new(_own.Count, now, 0));
        }
    }

    /// <summary>A server saw the mapping of this socket under this port.</summary>
    public void NoteSeen(Endpoint socket, Endpoint server, ushort port)
    {
        if (!_own.TryGetValue((socket, mapping.Towards(server)), out var look))
        {
            return;
        }

        look = look with { Port = port };
        _first = _first is null || look.Number < _first.Value.Number ? look : _first;
        _last = _last is null || look.Number > _last.Value.Number ? look : _last;
    }

    /// <summary>What was counted between the first look and the last; false where there is one only, or the counter has turned round.</summary>
    public bool TryTell(int step, out int foreign, out TimeSpan watched)
    {
        (foreign, watched) = (0, default);
        if (_first is not { } first || _last is not { } last || first.At >= last.At)
        {
            return false;
        }

        (var counted, watched) = ((last.Port - first.Port) / step, last.At - first.At);
        foreign = Math.Max(0, counted - (last.Number - first.Number));
        return counted > 0 && (last.Port - first.Port) % step == 0;
    }

    /// <param name="Number">How many mappings of our own were made before.</param>
    /// <param name="At">When it was made.</param>
    /// <param name="Port">Its outer port; 0 before a server has seen it.</param>
    private readonly record struct Look(int Number, Instant At, ushort Port);
}

using Postern.Protocol.Net;

namespace Postern.Tests.Ice;

/// <summary>A NAT in RFC 4787's words, with one public address. Port-restricted with kept ports unless told otherwise.</summary>
public sealed class SimNat(IpAddress publicAddress)
{
    private readonly Dictionary<(Endpoint Inside, Endpoint Remote), ushort> _mappings = [];
    private readonly HashSet<(ushort Outside, Endpoint Remote)> _holes = [];
    private readonly HashSet<(ushort Outside, Endpoint Remote)> _poisoned = [];
    private ushort _nextPort = 40000;

    public IpAddress PublicAddress { get; } = publicAddress;

    /// <summary>Mapping: one per inside socket and remote endpoint.</summary>
    public bool IsSymmetric { get; init; }

    /// <summary>Filtering: anybody may come in through a mapping.</summary>
    public bool IsOpenFilter { get; init; }

    /// <summary>A packet that comes before the hole takes the port for its sender, as Linux does where INPUT accepts.</summary>
    public bool IsPoisonable { get; init; }

    public int Unsolicited { get; private set; }

    public Endpoint Outbound(Endpoint inside, Endpoint remote)
    {
        var isTaken = _poisoned.Contains((inside.Port, remote));
        var key = (inside, IsSymmetric || isTaken ? remote : Endpoint.None);
        if (!_mappings.TryGetValue(key, out var port))
        {
            port = IsSymmetric || isTaken || _mappings.ContainsValue(inside.Port) ? _nextPort++ : inside.Port;
            _mappings.Add(key, port);
        }

        _holes.Add((port, remote));
        return new(PublicAddress, port);
    }

    public bool TryInbound(Endpoint source, ushort port, out Endpoint inside)
    {
        foreach (var (key, outside) in _mappings)
        {
            if (outside == port && (IsOpenFilter || _holes.Contains((port, source))) && (key.Remote == Endpoint.None || key.Remote == source || IsOpenFilter))
            {
                inside = key.Inside;
                return true;
            }
        }

        Unsolicited++;
        if (IsPoisonable)
        {
            _poisoned.Add((port, source));
        }

        inside = default;
        return false;
    }

    /// <summary>Forgets everything, as a router that was switched off and on.</summary>
    public void Reset()
    {
        _mappings.Clear();
        _holes.Clear();
    }
}

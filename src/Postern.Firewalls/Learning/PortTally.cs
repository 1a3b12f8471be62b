using System.Runtime.CompilerServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Which ports were seen: up to eight in place; then one bit each, as long as the budget of such maps lasts; else from the lowest to
/// the highest.
/// </summary>
internal struct PortTally
{
    private const int FewCount = 8;

    private Few _few;
    private ulong[]? _map;
    private byte _count;
    private ushort _lowest;
    private ushort _highest;

    /// <summary>False where only the ends are known.</summary>
    public readonly bool IsExact => _map is not null || _count <= FewCount;

    /// <summary>Reads what adding will read.</summary>
    public readonly long Touch(ushort port) => _map is null ? _count : (long)_map[port >> 6];

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(ushort port, ref int mapsLeft)
    {
        if (_map is not null)
        {
            _map[port >> 6] |= 1UL << (port & 63);
            return;
        }

        if (_count > FewCount)
        {
            (_lowest, _highest) = (Math.Min(_lowest, port), Math.Max(_highest, port));
            return;
        }

        ReadOnlySpan<ushort> few = _few;
        if (few[.._count].Contains(port))
        {
            return;
        }

        if (_count < FewCount)
        {
            _few[_count++] = port;
            return;
        }

        Outgrow(port, ref mapsLeft);
    }

    /// <summary>What was seen. The set keeps the map: <see cref="Own"/> before anything is added.</summary>
    public readonly PortSet Ports() =>
        _map is not null ? PortSet.OfMap(_map)
        : _count > FewCount ? PortSet.Of(new PortRange(_lowest, _highest))
        : PortSet.OfOrdered(Listed());

    /// <summary>Goes on with a copy of the map.</summary>
    public void Own() => _map = (ulong[]?)_map?.Clone();

    private void Outgrow(ushort port, ref int mapsLeft)
    {
        ReadOnlySpan<ushort> few = _few;
        if (mapsLeft > 0)
        {
            mapsLeft--;
            _map = PortMap.Create();
            foreach (var seen in few)
            {
                PortMap.Set(_map, seen);
            }

            PortMap.Set(_map, port);
            return;
        }

        (_lowest, _highest, _count) = (port, port, FewCount + 1);
        foreach (var seen in few)
        {
            (_lowest, _highest) = (Math.Min(_lowest, seen), Math.Max(_highest, seen));
        }
    }

    private readonly PortRange[] Listed()
    {
        var few = _few;
        Span<ushort> ports = few[.._count];
        ports.Sort();
        var (ranges, count) = (new PortRange[ports.Length], 0);
        foreach (var port in ports)
        {
            if (count > 0 && ranges[count - 1].Last + 1 == port)
            {
                ranges[count - 1] = new(ranges[count - 1].First, port);
            }
            else
            {
                ranges[count++] = new(port, port);
            }
        }

        return ranges[..count];
    }

    [InlineArray(FewCount)]
    private struct Few
    {
        private ushort _first;
    }
}

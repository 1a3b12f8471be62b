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
    private const int Words = (ushort.MaxValue + 1) / 64;

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

    public readonly PortSet Ports()
    {
        if (_map is not null)
        {
            return PortUnion.Of(_map);
        }

        return _count > FewCount ? PortSet.Of(new PortRange(_lowest, _highest)) : PortSet.Of(Listed());
    }

    private void Outgrow(ushort port, ref int mapsLeft)
    {
        ReadOnlySpan<ushort> few = _few;
        if (mapsLeft > 0)
        {
            mapsLeft--;
            _map = new ulong[Words];
            foreach (var seen in few)
            {
                _map[seen >> 6] |= 1UL << (seen & 63);
            }

            _map[port >> 6] |= 1UL << (port & 63);
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
        var ranges = new PortRange[_count];
        for (var i = 0; i < _count; i++)
        {
            ranges[i] = new(_few[i], _few[i]);
        }

        return ranges;
    }

    [InlineArray(FewCount)]
    private struct Few
    {
        private ushort _first;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Learning;

/// <summary>Finds groups by their key: open addressing, twice as many places as groups, each with bits of the hash beside the number.</summary>
internal sealed class GroupIndex
{
    private const int FirstRoom = 1024;

    private readonly ulong[] _places;
    private readonly int _mask;
    private GatheredFlows[] _groups = new GatheredFlows[FirstRoom];
    private long _touched;

    public GroupIndex(int maximum)
    {
        _places = new ulong[(int)BitOperations.RoundUpToPowerOf2((uint)maximum * 2)];
        _mask = _places.Length - 1;
    }

    public int Count { get; private set; }

    public ref GatheredFlows this[int at] => ref _groups[at];

    /// <summary>Reads every place and group once: reads that wait for nothing of each other go on side by side.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Touch(ReadOnlySpan<ulong> hashes, ReadOnlySpan<Sighting> sightings)
    {
        var (places, groups, mask, touched) = (_places, _groups, _mask, 0L);
        foreach (var hash in hashes)
        {
            touched += (long)places[(int)hash & mask];
        }

        foreach (var hash in hashes)
        {
            var at = (int)(uint)places[(int)hash & mask] - 1;
            touched += at >= 0 ? groups[at].Last + groups[at].Key.In : 0;
        }

        for (var i = 0; i < hashes.Length; i++)
        {
            var at = (int)(uint)places[(int)hashes[i] & mask] - 1;
            touched += at >= 0 ? groups[at].SourcePorts.Touch(sightings[i].SourcePort) : 0;
        }

        _touched += touched;
    }

    /// <summary>Its number, -1 where there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Find(in FlowKey key, ulong hash)
    {
        for (var place = (int)hash & _mask; _places[place] != 0; place = (place + 1) & _mask)
        {
            var at = (int)(uint)_places[place] - 1;
            if (_places[place] >> 32 == hash >> 32 && _groups[at].Key.Equals(key))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>Adds what <see cref="Find"/> did not find, and answers its number.</summary>
    public int Add(in FlowKey key, ulong hash)
    {
        var place = (int)hash & _mask;
        while (_places[place] != 0)
        {
            place = (place + 1) & _mask;
        }

        if (Count == _groups.Length)
        {
            Array.Resize(ref _groups, Count * 2);
        }

        _groups[Count].Key = key;
        _places[place] = (hash >> 32 << 32) | (uint)++Count;
        return Count - 1;
    }
}

using System.Numerics;
using System.Runtime.CompilerServices;

namespace Postern.Firewalls.Learning;

/// <summary>
/// Counts how many destinations each host was seen to reach at each port, up to a limit: 56 bits of a hash and the count in one word.
/// Two of one hash would share their count, once in 2^56 pairs: then one is folded earlier.
/// </summary>
/// <param name="maximum">So many destinations in all are ever counted.</param>
/// <param name="limit">From so many on a host has reached many; 255 and more stand for never.</param>
internal sealed class FanOut(int maximum, int limit)
{
    private readonly ulong[] _places = new ulong[(int)BitOperations.RoundUpToPowerOf2((uint)maximum * 2)];

    public bool IsFull(ulong hash) => limit < byte.MaxValue && (byte)_places[Find(hash)] >= limit;

    public void Add(ulong hash)
    {
        ref var place = ref _places[Find(hash)];
        place = (hash & ~(ulong)byte.MaxValue) | Math.Min((place & byte.MaxValue) + 1, byte.MaxValue);
    }

    /// <summary>Where it stands, or the empty place where it will.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Find(ulong hash)
    {
        var mask = _places.Length - 1;
        var place = (int)(hash >> 32) & mask;
        while (_places[place] != 0 && (_places[place] ^ hash) >> 8 != 0)
        {
            place = (place + 1) & mask;
        }

        return place;
    }
}

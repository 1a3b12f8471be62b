using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;

namespace Postern.Protocol.Switching.Server;

/// <summary>What ends next, in O(1), and every change of an end in O(log n): a binary heap whose members know their places.</summary>
internal sealed class ExpiryHeap
{
    private readonly List<Expiring> _heap = [];

    public Instant Next => _heap.Count == 0 ? Instant.Never : _heap[0].Expiry;

    /// <summary>Keeps it until <paramref name="expiry"/>; never means not at all.</summary>
    public void Set(Expiring item, Instant expiry)
    {
        item.Expiry = expiry;
        if (expiry == Instant.Never)
        {
            Remove(item);
            return;
        }

        if (item.HeapIndex == Expiring.NotKept)
        {
            item.HeapIndex = _heap.Count;
            _heap.Add(item);
        }

        Sift(item.HeapIndex);
    }

    public void Remove(Expiring item)
    {
        var hole = item.HeapIndex;
        item.Expiry = Instant.Never;
        if (hole == Expiring.NotKept)
        {
            return;
        }

        var last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        item.HeapIndex = Expiring.NotKept;
        if (last != item)
        {
            Put(last, hole);
            Sift(hole);
        }
    }

    /// <summary>Takes out the next that has ended by <paramref name="now"/>.</summary>
    public bool TryTake(Instant now, [NotNullWhen(true)] out Expiring? ended)
    {
        ended = _heap.Count > 0 && _heap[0].Expiry <= now ? _heap[0] : null;
        if (ended is null)
        {
            return false;
        }

        Remove(ended);
        return true;
    }

    private void Sift(int at)
    {
        while (at > 0 && _heap[at].Expiry < _heap[(at - 1) / 2].Expiry)
        {
            Swap(at, (at - 1) / 2);
            at = (at - 1) / 2;
        }

        while (true)
        {
            var child = (2 * at) + 1;
            if (child + 1 < _heap.Count && _heap[child + 1].Expiry < _heap[child].Expiry)
            {
                child++;
            }

            if (child >= _heap.Count || _heap[at].Expiry <= _heap[child].Expiry)
            {
                return;
            }

            Swap(at, child);
            at = child;
        }
    }

    private void Swap(int a, int b)
    {
        var item = _heap[a];
        Put(_heap[b], a);
        Put(item, b);
    }

    private void Put(Expiring item, int at)
    {
        _heap[at] = item;
        item.HeapIndex = at;
    }
}

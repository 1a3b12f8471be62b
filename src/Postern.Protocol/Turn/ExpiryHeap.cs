using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Net;

namespace Postern.Protocol.Turn;

/// <summary>
/// Leases by expiry with lazy deletion: renewing or freeing a lease hardly touches it. A renewed one is put back when it
/// comes up; once half of the entries are freed ones, the heap is rebuilt, so that churn cannot make it grow.
/// </summary>
internal sealed class ExpiryHeap
{
    private const int SmallestRebuild = 64;

    private readonly PriorityQueue<Lease, long> _heap = new();
    private int _freed;

    public int Count => _heap.Count;

    /// <summary>O(1); may be early, never late.</summary>
    public Instant NextDeadline => _heap.TryPeek(out _, out var ticks) ? new(ticks) : Instant.Never;

    /// <summary>Adds a new lease; once each.</summary>
    public void Add(Lease lease)
    {
        lease.Queued = lease.Expires;
        _heap.Enqueue(lease, lease.Expires.Ticks);
    }

    /// <summary>Sets a new expiry; only one that comes sooner than the heap would look needs a second entry.</summary>
    public void Renew(Lease lease, Instant expires)
    {
        lease.Expires = expires;
        if (expires < lease.Queued)
        {
            Add(lease);
        }
    }

    public void Free(Lease lease)
    {
        if (lease.IsFreed)
        {
            return;
        }

        lease.IsFreed = true;
        _freed++;
        if (_freed >= SmallestRebuild && _freed > _heap.Count / 2)
        {
            Rebuild();
        }
    }

    /// <summary>The next lease that has run out, now freed.</summary>
    public bool TryTakeExpired(Instant now, [NotNullWhen(true)] out Lease? expired)
    {
        while (_heap.TryPeek(out expired, out var ticks) && ticks <= now.Ticks)
        {
            _heap.Dequeue();
            if (expired.IsFreed)
            {
                _freed = Math.Max(0, _freed - 1);
            }
            else if (expired.Queued.Ticks != ticks)
            {
                // a second entry came before this one
            }
            else if (expired.Expires <= now)
            {
                expired.IsFreed = true;
                return true;
            }
            else
            {
                Add(expired);
            }
        }

        expired = null;
        return false;
    }

    private void Rebuild()
    {
        var kept = _heap.UnorderedItems.Where(item => !item.Element.IsFreed).ToArray();
        _heap.Clear();
        _heap.EnqueueRange(kept);
        _freed = 0;
    }
}

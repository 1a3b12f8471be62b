using System.Runtime.CompilerServices;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>The last eight requests of a pair, so that a late answer still counts; older ones are forgotten.</summary>
internal struct SentChecks
{
    private const int Capacity = 8;

    private Ring _ring;
    private int _next;

    public void Add(in SentCheck check)
    {
        _ring[_next] = check;
        _next = (_next + 1) % Capacity;
    }

    public bool Contains(TransactionId id)
    {
        foreach (ref readonly var check in (ReadOnlySpan<SentCheck>)_ring)
        {
            if (check.Id == id && id != default)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Each request is answered once.</summary>
    public bool TryTake(TransactionId id, out SentCheck taken)
    {
        foreach (ref var check in (Span<SentCheck>)_ring)
        {
            if (check.Id == id && id != default)
            {
                taken = check;
                check = default;
                return true;
            }
        }

        taken = default;
        return false;
    }

    [InlineArray(Capacity)]
    private struct Ring
    {
        private SentCheck _first;
    }
}

using Postern.Lab.Packets;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>All mappings of a NAT, found from either side.</summary>
internal sealed class MappingTable(NatDependence dependence)
{
    private const int MostGone = 1024;

    private readonly Dictionary<(Transport Transport, Endpoint Inner, Endpoint Towards), Mapping> _byInner = [];
    private readonly Dictionary<(Transport Transport, Endpoint Outer), Mapping> _byOuter = [];
    private readonly Dictionary<IpAddress, int> _bySubscriber = [];
    private readonly PriorityQueue<Mapping, Instant> _byExpiry = new();

    public int Count { get; private set; }

    /// <summary>The earliest moment at which a mapping may expire; it may have been refreshed since.</summary>
    public Instant NextDeadline => _byExpiry.TryPeek(out _, out var at) ? at : Instant.Never;

    public int CountOf(IpAddress subscriber) => _bySubscriber.GetValueOrDefault(subscriber);

    /// <summary>The first mapping of this inner endpoint towards the remote one; follow <see cref="Mapping.Sibling"/> for others.</summary>
    public Mapping? FromInside(Transport transport, Endpoint inner, Endpoint remote) => _byInner.GetValueOrDefault((transport, inner, dependence.Towards(remote)));

    /// <summary>The first mapping with this outer endpoint; follow <see cref="Mapping.Sharer"/> for others.</summary>
    public Mapping? FromOutside(Transport transport, Endpoint outer) => _byOuter.GetValueOrDefault((transport, outer));

    public void Add(Mapping mapping, Endpoint remote)
    {
        mapping.Towards = dependence.Towards(remote);
        var inner = (mapping.Transport, mapping.Inner, mapping.Towards);
        var outer = (mapping.Transport, mapping.Outer);
        mapping.Sibling = _byInner.GetValueOrDefault(inner);
        mapping.Sharer = _byOuter.GetValueOrDefault(outer);
        _byInner[inner] = mapping;
        _byOuter[outer] = mapping;
        _bySubscriber[mapping.Inner.Address] = CountOf(mapping.Inner.Address) + 1;
        _byExpiry.Enqueue(mapping, mapping.Expires);
        Count++;
        Sweep();
    }

    public void Remove(Mapping mapping)
    {
        mapping.IsGone = true;
        Unlink(_byInner, (mapping.Transport, mapping.Inner, mapping.Towards), mapping, m => m.Sibling, (m, next) => m.Sibling = next);
        Unlink(_byOuter, (mapping.Transport, mapping.Outer), mapping, m => m.Sharer, (m, next) => m.Sharer = next);
        _bySubscriber[mapping.Inner.Address]--;
        Count--;
    }

    /// <summary>The mapping lives until then. Only a shorter life needs a new place in the queue: a longer one is seen when its turn comes.</summary>
    public void Expire(Mapping mapping, Instant until)
    {
        if (until < mapping.Expires)
        {
            _byExpiry.Enqueue(mapping, until);
        }

        mapping.Expires = until;
    }

    /// <summary>Takes a mapping whose time has come; those that were refreshed meanwhile are put back.</summary>
    public Mapping? TakeExpired(Instant now)
    {
        while (_byExpiry.TryPeek(out var mapping, out var at) && at <= now)
        {
            _byExpiry.Dequeue();
            if (mapping.IsGone)
            {
                continue;
            }

            if (mapping.Expires <= now)
            {
                return mapping;
            }

            _byExpiry.Enqueue(mapping, mapping.Expires);
        }

        return null;
    }

    /// <param name="subscriber">Whose; null for anybody's.</param>
    public Mapping? IdleLongest(IpAddress? subscriber) =>
        _byOuter.Values.SelectMany(Sharing).Where(mapping => subscriber is null || mapping.Inner.Address == subscriber).MinBy(mapping => mapping.LastUsed);

    public IEnumerable<Mapping> All() => [.. _byOuter.Values.SelectMany(Sharing)];

    // What was evicted stays in the queue until its time; under a flood that would be more than what lives.
    private void Sweep()
    {
        if (_byExpiry.Count <= (2 * Count) + MostGone)
        {
            return;
        }

        _byExpiry.Clear();
        foreach (var mapping in All())
        {
            _byExpiry.Enqueue(mapping, mapping.Expires);
        }
    }

    private static IEnumerable<Mapping> Sharing(Mapping? first)
    {
        for (var mapping = first; mapping is not null; mapping = mapping.Sharer)
        {
            yield return mapping;
        }
    }

    private static void Unlink<TKey>(Dictionary<TKey, Mapping> table, TKey key, Mapping gone, Func<Mapping, Mapping?> next, Action<Mapping, Mapping?> link)
        where TKey : notnull
    {
        if (!table.TryGetValue(key, out var first))
        {
            return;
        }

        if (first == gone)
        {
            if (next(gone) is { } second)
            {
                table[key] = second;
            }
            else
            {
                table.Remove(key);
            }

            return;
        }

        for (var mapping = first; next(mapping) is { } following; mapping = following)
        {
            if (following == gone)
            {
                link(mapping, next(gone));
                return;
            }
        }
    }
}

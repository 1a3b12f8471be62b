using Postern.Lab.Packets;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>Makes mappings: an outer address by the pooling, a port by the rule, room by the limits.</summary>
internal sealed class MappingMaker(NatRules rules, IReadOnlyList<IpAddress> outer, MappingTable table, EarlyMemory early, IRandom random)
{
    private readonly PortChooser _ports = new(rules, random);
    private readonly Dictionary<IpAddress, IpAddress> _paired = [];

    /// <summary>Called for a mapping that had to make room.</summary>
    public required Action<Mapping, string, Instant> Gone { get; init; }

    /// <summary>A mapping towards this packet's destination; null, with the reason, where there can be none.</summary>
    public Mapping? Make(in PacketHeader header, Instant now, out DropReason reason)
    {
        reason = MakeRoom(header.Source.Address, now);
        if (reason != DropReason.None)
        {
            return null;
        }

        var (transport, inner, remote) = (header.Transport, header.Source, header.Destination);
        var mapping = new Mapping(transport, inner, inner, now); // IPv6 is filtered, not translated
        if (inner.IsV4 && rules.Translates)
        {
            var address = Address(inner.Address);
            if (_ports.Choose(inner, port => IsFree(transport, inner, new(address, (ushort)port), remote, now), now) is not { } chosen)
            {
                reason = DropReason.NoPort;
                return null;
            }

            mapping = new(transport, inner, new(address, chosen), now);
        }

        table.Add(mapping, remote);
        return mapping;
    }

    /// <summary>Whether a mapping that there is can be used towards one more remote endpoint.</summary>
    public bool MaySend(Mapping mapping, Endpoint remote, Instant now)
    {
        if (IsTakenByStranger(mapping.Transport, mapping.Outer, remote, now) && mapping.Find(remote, now) is null)
        {
            return false;
        }

        for (var other = table.FromOutside(mapping.Transport, mapping.Outer); rules.Overloads && other is not null; other = other.Sharer)
        {
            if (other.Inner != mapping.Inner && other.Find(remote, now) is not null)
            {
                return false;
            }
        }

        return true;
    }

    public void Forget()
    {
        _paired.Clear();
        _ports.Forget();
    }

    private bool IsFree(Transport transport, Endpoint inner, Endpoint candidate, Endpoint remote, Instant now)
    {
        if (IsTakenByStranger(transport, candidate, remote, now))
        {
            return false;
        }

        for (var other = table.FromOutside(transport, candidate); other is not null; other = other.Sharer)
        {
            if (!rules.Overloads || (other.Inner != inner && other.Find(remote, now) is not null)) // whom the own port has let in is no stranger to it
            {
                return false;
            }
        }

        return true;
    }

    private bool IsTakenByStranger(Transport transport, Endpoint candidate, Endpoint remote, Instant now) =>
        rules.EarlyInbound == EarlyInbound.TakesPort && early.Remembers(transport, candidate, remote, now);

    private DropReason MakeRoom(IpAddress subscriber, Instant now)
    {
        if (rules.Limits.PerSubscriber > 0 && table.CountOf(subscriber) >= rules.Limits.PerSubscriber && !Evicts(subscriber, now))
        {
            return DropReason.NoPort;
        }

        return rules.Limits.Table > 0 && table.Count >= rules.Limits.Table && !Evicts(null, now) ? DropReason.TableFull : DropReason.None;
    }

    private bool Evicts(IpAddress? subscriber, Instant now)
    {
        if (rules.Limits.WhenFull == TableFullRule.Refuse || table.IdleLongest(subscriber) is not { } oldest)
        {
            return false;
        }

        Gone(oldest, "evicted", now);
        return true;
    }

    private IpAddress Address(IpAddress subscriber)
    {
        if (outer.Count == 1)
        {
            return outer[0];
        }

        if (rules.Pooling == Pooling.Paired && _paired.TryGetValue(subscriber, out var paired))
        {
            return paired;
        }

        return _paired[subscriber] = outer[random.Next(0, outer.Count)];
    }
}

using System.Diagnostics.CodeAnalysis;
using Postern.Lab.Packets;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Boxes;

/// <summary>
/// A NAT of any behaviour, as one machine: the simulator's and the TUN router's alike. Headers are rewritten in place; who
/// carries the packet carries its bytes. Every answer is a verdict with its reason.
/// </summary>
public sealed class NatBox : IBox
{
    private readonly NatRules _rules;
    private readonly MappingMaker _maker;
    private readonly MappingTable _table;
    private readonly MappingClock _clock;
    private readonly TcpJudge _tcp;
    private readonly EarlyMemory _early;
    private readonly Queue<BoxEvent> _events = [];

    /// <param name="rules">How it behaves.</param>
    /// <param name="outer">Its outer addresses: IPv4 as many as the rules say, and any of IPv6.</param>
    /// <param name="random">Its luck.</param>
    public NatBox(NatRules rules, IReadOnlyList<IpAddress> outer, IRandom random)
    {
        if (outer.Count(address => address.IsV4) != (rules.Translates ? rules.Addresses : 0))
        {
            throw new ArgumentException($"The rules speak of {(rules.Translates ? rules.Addresses : 0)} outer addresses.", nameof(outer));
        }

        _rules = rules;
        OuterAddresses = outer;
        _table = new(rules.Mapping);
        _clock = new(rules.Expiry, _table);
        _tcp = new(rules.Tcp);
        _early = new(TimeSpan.FromSeconds(rules.EarlyInboundMemory));
        _maker = new(rules, [.. outer.Where(address => address.IsV4)], _table, _early, random) { Gone = Forgotten };
    }

    public NatStats Stats { get; } = new();

    public IReadOnlyList<IpAddress> OuterAddresses { get; }

    public Instant NextDeadline => _table.NextDeadline;

    public bool IsTraced { get; set; }

    public Passage Outbound(ref PacketHeader header, Instant now)
    {
        Stats.Outbound++;
        return Counted(Hop(ref header) ?? (header.Transport == Transport.IcmpError ? ErrorOut(ref header, now)
            : OuterAddresses.Contains(header.Destination.Address) ? Hairpin(ref header, now)
            : Out(ref header, now)));
    }

    public Passage Inbound(ref PacketHeader header, Instant now)
    {
        Stats.Inbound++;
        var arrived = header;
        var passage = header.Transport == Transport.IcmpError ? ErrorIn(ref header, now) : In(ref header, header.Source, now);
        if (passage.Kind == PassageKind.Passed && Hop(ref arrived) is { } end)
        {
            header = arrived; // only what is forwarded needs life left: what ends at the router has done its work there by then
            passage = end;
        }

        header.TimeToLive = passage.Kind == PassageKind.Passed ? arrived.TimeToLive : header.TimeToLive;
        return Counted(passage);
    }

    public void HandleDeadline(Instant now)
    {
        while (_table.TakeExpired(now) is { } mapping)
        {
            Forgotten(mapping, "expired", now);
        }
    }

    /// <summary>Forgets every mapping, as a restart does.</summary>
    public void Forget(Instant now)
    {
        foreach (var mapping in _table.All())
        {
            Forgotten(mapping, "forgotten", now);
        }

        _maker.Forget();
        _early.Clear();
    }

    public bool TryTakeEvent([NotNullWhen(true)] out BoxEvent? happened) => _events.TryDequeue(out happened);

    private Passage Out(ref PacketHeader header, Instant now)
    {
        if (_rules.EarlyInbound == EarlyInbound.ShutsOut && IsShutOut(header, now))
        {
            return Passage.Dropped(DropReason.TooEarly);
        }

        var found = FindOrMake(header, now, out var reason);
        if (found is null)
        {
            return Passage.Dropped(reason);
        }

        Note(found, header, now);
        header.Source = found.Outer;
        return Passage.Passed;
    }

    /// <param name="header">A packet to one of our outer endpoints.</param>
    /// <param name="sender">By which outer endpoint the filter knows its sender.</param>
    /// <param name="now">Now.</param>
    private Passage In(ref PacketHeader header, Endpoint sender, Instant now)
    {
        HandleDeadline(now);
        var found = Receiver(header, sender, now, out var reason);
        if (found is null || (_rules.EarlyInbound == EarlyInbound.ShutsOut && _early.Remembers(header.Transport, header.Destination, sender, now)))
        {
            if (IsRemembered(header))
            {
                _early.Note(header.Transport, header.Destination, sender, now);
            }

            return Refuse(ref header, found is null ? reason : DropReason.TooEarly);
        }

        var remote = Remembered(found, sender, now);
        if (header.Transport == Transport.Tcp && !_tcp.LetsIn(header, remote))
        {
            return Refuse(ref header, DropReason.WrongState);
        }

        _clock.Touch(found, remote, isOutbound: false, now);
        remote.HeardFrom = true; // the first answer itself is none to a stream yet: so Linux counts
        header.Destination = found.Inner;
        return Passage.Passed;
    }

    private Passage Hairpin(ref PacketHeader header, Instant now)
    {
        if (_rules.Hairpin is not (NatHairpin.Yes or NatHairpin.YesFromInside))
        {
            return Passage.Dropped(DropReason.NoHairpin);
        }

        var from = FindOrMake(header, now, out var reason);
        if (from is null)
        {
            return Passage.Dropped(reason);
        }

        Note(from, header, now);
        var inner = header.Source;
        header.Source = _rules.Hairpin == NatHairpin.Yes ? from.Outer : header.Source;
        var passage = In(ref header, from.Outer, now);
        if (passage.Kind == PassageKind.Answered)
        {
            header.Destination = inner with { Port = header.Destination.Port == 0 ? (ushort)0 : inner.Port };
            header.QuotedSource = header.Transport == Transport.IcmpError ? inner : Endpoint.None;
        }

        return passage.Kind == PassageKind.Passed ? Passage.TurnedRound : passage;
    }

    // The packet that the error is about came from outside: its destination is our inner endpoint.
    private Passage ErrorOut(ref PacketHeader header, Instant now)
    {
        for (var found = _table.FromInside(header.QuotedTransport, header.QuotedDestination, header.QuotedSource); found is not null; found = found.Sibling)
        {
            if (found.Find(header.QuotedSource, now) is not null)
            {
                header.QuotedDestination = found.Outer;
                header.Source = new(found.Outer.Address, 0);
                return Passage.Passed;
            }
        }

        return Passage.Dropped(DropReason.NoMapping);
    }

    // The packet that the error is about left through us: its source is our outer endpoint.
    private Passage ErrorIn(ref PacketHeader header, Instant now)
    {
        for (var found = _table.FromOutside(header.QuotedTransport, header.QuotedSource); found is not null; found = found.Sharer)
        {
            if (found.Find(header.QuotedDestination, now) is not null)
            {
                header.QuotedSource = found.Inner;
                header.Destination = new(found.Inner.Address, 0);
                return Passage.Passed;
            }
        }

        return Passage.Dropped(DropReason.NoMapping);
    }

    private Mapping? FindOrMake(in PacketHeader header, Instant now, out DropReason reason)
    {
        HandleDeadline(now);
        for (var found = _table.FromInside(header.Transport, header.Source, header.Destination); found is not null; found = found.Sibling)
        {
            if (_maker.MaySend(found, header.Destination, now))
            {
                reason = DropReason.None;
                return found;
            }
        }

        if (header.Transport == Transport.Tcp && !header.IsOpening && !_rules.Tcp.PicksUp)
        {
            reason = DropReason.WrongState;
            return null;
        }

        var made = _maker.Make(header, now, out reason);
        if (made is not null)
        {
            Stats.MappingsMade++;
            Stats.MappingsNow = _table.Count;
            Stats.MostMappings = Math.Max(Stats.MostMappings, _table.Count);
            Trace(new BoxEvent.MappingMade(now, made.Transport, made.Inner, made.Outer, header.Destination));
        }

        return made;
    }

    private Mapping? Receiver(in PacketHeader header, Endpoint sender, Instant now, out DropReason reason)
    {
        reason = DropReason.NoMapping;
        Mapping? open = null;
        for (var found = _table.FromOutside(header.Transport, header.Destination); found is not null; found = found.Sharer)
        {
            if (found.Find(sender, now) is not null)
            {
                return found; // of those that share a port, the one that knows the sender
            }

            open ??= _rules.Filtering switch
            {
                NatDependence.EndpointIndependent => found,
                NatDependence.AddressDependent when found.Knows(sender.Address, now) => found,
                _ => null,
            };
            reason = DropReason.Filtered;
        }

        return open;
    }

    private void Note(Mapping mapping, in PacketHeader header, Instant now)
    {
        var remote = Remembered(mapping, header.Destination, now);
        if (header.Transport == Transport.Tcp)
        {
            TcpJudge.NoteOut(header, remote);
        }

        remote.SentTo = true;
        _clock.Touch(mapping, remote, isOutbound: true, now);
    }

    private static Remote Remembered(Mapping mapping, Endpoint endpoint, Instant now)
    {
        if (!mapping.Remotes.TryGetValue(endpoint, out var remote) || (remote.Expires <= now && remote.Expires != default))
        {
            mapping.Remotes[endpoint] = remote = new(now);
        }

        return remote;
    }

    private bool IsShutOut(in PacketHeader header, Instant now)
    {
        for (var found = _table.FromInside(header.Transport, header.Source, header.Destination); found is not null; found = found.Sibling)
        {
            if (_early.Remembers(header.Transport, found.Outer, header.Destination, now))
            {
                return true;
            }
        }

        return false;
    }

    // Connection tracking forgets what is answered with an RST, and an echo's reply opens nothing.
    private bool IsRemembered(in PacketHeader header) => _rules.EarlyInbound == EarlyInbound.ShutsOut || header.Transport switch
    {
        Transport.Tcp => _rules.Unsolicited != RefusalAnswer.Reject,
        Transport.Echo => header.Destination.Port == 0,
        _ => true,
    };

    private Passage Refuse(ref PacketHeader header, DropReason reason)
    {
        if (_rules.Unsolicited == RefusalAnswer.Silence)
        {
            return Passage.Dropped(reason);
        }

        header = _rules.Unsolicited == RefusalAnswer.Prohibited ? header.Refusal(header.Destination.Address, IcmpErrorKind.Prohibited)
            : header.Transport == Transport.Tcp ? header.Reset()
            : header.Refusal(header.Destination.Address, IcmpErrorKind.PortUnreachable);
        return Passage.Answered(reason);
    }

    // A box is a router: it takes one from the time to live (RFC 1812 §5.3.1).
    private Passage? Hop(ref PacketHeader header)
    {
        if (header.TimeToLive > 1)
        {
            header.TimeToLive--;
            return null;
        }

        if (header.Transport == Transport.IcmpError)
        {
            return Passage.Dropped(DropReason.TimeExceeded);
        }

        header = header.Refusal(OwnAddress(header.Destination.Address), IcmpErrorKind.TimeExceeded);
        return Passage.Answered(DropReason.TimeExceeded);
    }

    private IpAddress OwnAddress(IpAddress destination) => OuterAddresses.FirstOrDefault(address => address.IsV4 == destination.IsV4, destination);

    private Passage Counted(Passage passage)
    {
        Stats.TurnedRound += passage.Kind == PassageKind.TurnedRound ? 1 : 0;
        Stats.Dropped += passage.Kind is PassageKind.Dropped or PassageKind.Answered ? 1 : 0;
        return passage;
    }

    private void Forgotten(Mapping mapping, string reason, Instant now)
    {
        _table.Remove(mapping);
        Stats.MappingsNow = _table.Count;
        Trace(new BoxEvent.MappingGone(now, mapping.Transport, mapping.Inner, mapping.Outer, reason));
    }

    private void Trace(BoxEvent happened)
    {
        if (IsTraced)
        {
            _events.Enqueue(happened);
        }
    }
}

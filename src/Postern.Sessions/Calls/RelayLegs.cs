using Postern.Protocol.Net;
using Postern.Protocol.Turn;

namespace Postern.Sessions.Calls;

/// <summary>The call's TURN allocations: which relayed endpoint leads through which of them.</summary>
internal sealed class RelayLegs(IRandom random)
{
    /// <summary>RFC 8489 §6.2.1 allows a shorter RTO where the path is known to be fast; a lost packet must not hold up the relay for 500 ms.</summary>
    private static readonly TimeSpan FirstTimeout = TimeSpan.FromMilliseconds(250);

    // As many as an allocation takes; a peer may trickle candidates without end.
    private const int MaximumPeers = 256;

    private readonly List<TurnAllocation> _legs = [];
    private readonly Dictionary<Endpoint, TurnAllocation> _byRelayed = [];
    private readonly HashSet<IpAddress> _peers = [];

    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Never;
            foreach (var leg in _legs)
            {
                next = Instant.Min(next, leg.NextDeadline);
            }

            return next;
        }
    }

    /// <summary>Whether an allocation has neither succeeded nor failed yet.</summary>
    public int Pending { get; private set; }

    public void Add(RelayServer server, Endpoint socket, Instant now)
    {
        var leg = new TurnAllocation(
            random,
            new() { Server = server.Server, Local = socket, Username = server.Username, Password = server.Password, Rto = FirstTimeout });
        _legs.Add(leg);
        Pending++;
        leg.Allocate(now);

        // The peer's relayed address is most often one of this very server: permitted before it is named, it saves a round trip.
        leg.Permit(server.Server.Address, now);
        foreach (var peer in _peers)
        {
            leg.Permit(peer, now);
        }
    }

    /// <summary>A peer's candidate has become known: its address needs a permission (RFC 8656 §9).</summary>
    public void Permit(IpAddress peer, Instant now)
    {
        if (_peers.Count == MaximumPeers || !_peers.Add(peer))
        {
            return;
        }

        foreach (var leg in _legs)
        {
            leg.Permit(peer, now);
        }
    }

    public bool IsRelayed(Endpoint local) => _byRelayed.ContainsKey(local);

    /// <summary>A datagram that a server relayed to us: from whom, to which relayed endpoint, and what.</summary>
    public bool TryUnwrap(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, out Endpoint peer, out Endpoint relayed, out ReadOnlySpan<byte> payload)
    {
        foreach (var (endpoint, leg) in _byRelayed)
        {
            if (leg.Local == destination && leg.TryUnwrap(datagram, source, out peer, out payload))
            {
                relayed = endpoint;
                return true;
            }
        }

        peer = relayed = default;
        payload = default;
        return false;
    }

    /// <summary>Puts a payload on its way through the allocation behind <paramref name="relayed"/>; false where that is gone.</summary>
    public bool TryWrap(Endpoint relayed, ReadOnlySpan<byte> payload, Endpoint peer, Span<byte> buffer, out Transmit transmit)
    {
        transmit = default;
        return _byRelayed.TryGetValue(relayed, out var leg) && leg.TryWrap(payload, peer, buffer, out transmit);
    }

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        foreach (var leg in _legs)
        {
            if (leg.Local == destination && leg.HandleDatagram(datagram, source, destination, now))
            {
                return true;
            }
        }

        return false;
    }

    public void HandleDeadline(Instant now)
    {
        foreach (var leg in _legs)
        {
            leg.HandleDeadline(now);
        }
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        foreach (var leg in _legs)
        {
            if (leg.TryTransmit(buffer, out transmit))
            {
                return true;
            }
        }

        transmit = default;
        return false;
    }

    public bool TryTakeEvent(out TurnAllocation? leg, out TurnEvent? happened)
    {
        foreach (var candidate in _legs)
        {
            if (candidate.TryTakeEvent(out happened))
            {
                Note(candidate, happened);
                leg = candidate;
                return true;
            }
        }

        leg = null;
        happened = null;
        return false;
    }

    public void Refresh(Instant now)
    {
        foreach (var leg in _legs)
        {
            leg.Refresh(now);
        }
    }

    /// <summary>Gives the allocations back (RFC 8656 §8).</summary>
    public void Release(Instant now)
    {
        foreach (var leg in _legs)
        {
            leg.Release(now);
        }
    }

    private void Note(TurnAllocation leg, TurnEvent happened)
    {
        switch (happened)
        {
            case TurnEvent.Allocated allocated:
                Pending--;
                _byRelayed[allocated.Relayed] = leg;
                break;
            case TurnEvent.AllocationFailed:
                Pending--;
                break;
            case TurnEvent.Lost:
                foreach (var (endpoint, _) in _byRelayed.Where(pair => pair.Value == leg).ToArray())
                {
                    _byRelayed.Remove(endpoint);
                }

                break;
        }
    }
}

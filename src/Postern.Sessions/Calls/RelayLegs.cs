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
    private readonly HashSet<TurnAllocation> _unsettled = [];
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

    /// <summary>How many allocations have neither succeeded nor failed yet.</summary>
    public int Pending => _unsettled.Count;

    /// <summary>When a server was last heard over UDP, or, before, when it was last asked for an allocation.</summary>
    public Instant HeardLast { get; private set; } = Instant.Zero;

    /// <summary>Whether there is an allocation over UDP.</summary>
    public bool HasAnswered => _legs.Exists(leg => leg.IsAllocated && !IsStream(leg));

    public void Add(RelayServer server, Endpoint socket, Instant now)
    {
        HeardLast = now;
        Add(new() { Server = server.Server, Local = socket, Username = server.Username, Password = server.Password, Rto = FirstTimeout }, now);
    }

    /// <summary>Asks for one over a stream, which its driver keeps alive.</summary>
    public TurnAllocation AddStream(RelayServer server, Endpoint local, Instant now) => Add(
        new() { Server = Relay.StreamEnd(server.Server.Address), Local = local, Username = server.Username, Password = server.Password, KeepAlive = TimeSpan.Zero },
        now);

    /// <summary>Its stream is over.</summary>
    public void Remove(TurnAllocation leg)
    {
        _unsettled.Remove(leg);
        _legs.Remove(leg);
        _byRelayed.Remove(leg.Relayed);
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

    public bool IsOverStream(Endpoint local) => _byRelayed.TryGetValue(local, out var leg) && IsStream(leg);

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
                HeardLast = IsStream(leg) ? HeardLast : now;
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

    private TurnAllocation Add(TurnAllocationOptions options, Instant now)
    {
        var leg = new TurnAllocation(random, options);
        _legs.Add(leg);
        _unsettled.Add(leg);
        leg.Allocate(now);

        // The peer's relayed address is most often one of this very server: permitted before it is named, it saves a round trip.
        leg.Permit(options.Server.Address, now);
        foreach (var peer in _peers)
        {
            leg.Permit(peer, now);
        }

        return leg;
    }

    private void Note(TurnAllocation leg, TurnEvent happened)
    {
        switch (happened)
        {
            case TurnEvent.Allocated allocated:
                _unsettled.Remove(leg);
                _byRelayed[allocated.Relayed] = leg;
                break;
            case TurnEvent.AllocationFailed:
                _unsettled.Remove(leg);
                break;
            case TurnEvent.Lost:
                foreach (var (endpoint, _) in _byRelayed.Where(pair => pair.Value == leg).ToArray())
                {
                    _byRelayed.Remove(endpoint);
                }

                break;
        }
    }

    private static bool IsStream(TurnAllocation leg) => leg.Local.Port == 0;
}

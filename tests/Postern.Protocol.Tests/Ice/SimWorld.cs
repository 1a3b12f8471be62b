using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;
using Postern.Tests.Kit;

namespace Postern.Tests.Ice;

/// <summary>A network in virtual time: peers, NATs, links with delay and loss, and relays that only forward.</summary>
public sealed class SimWorld(ulong seed = 1)
{
    public static readonly Endpoint StunServer = Endpoint.Parse("198.51.100.1:3478");

    private const int HopsToOwnRouter = 1;
    private const int HopsToOtherRouter = 4;

    private readonly PriorityQueue<Action, (Instant, long)> _agenda = new();
    private readonly Dictionary<Endpoint, SimPeer> _relays = [];
    private readonly List<SimPeer> _peers = [];
    private readonly SeededRandom _random = new(seed);
    private readonly byte[] _buffer = new byte[2048];
    private long _order;

    public Instant Now { get; private set; } = Instant.FromMilliseconds(1000);

    /// <summary>One way between the two peers' networks: P/2.</summary>
    public TimeSpan PathDelay { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>One way between a peer and the relay.</summary>
    public TimeSpan RelayDelay { get; set; } = TimeSpan.FromMilliseconds(20);

    public double Loss { get; set; }

    /// <summary>The peers' own routers are further away than an opener lives.</summary>
    public bool OpenersDieBeforeNat { get; set; }

    /// <summary>Packets for which this says so are dropped on the way: outer source, outer destination.</summary>
    public Func<Endpoint, Endpoint, bool>? IsBlocked { get; set; }

    /// <summary>Every STUN packet handed to the network, before loss.</summary>
    public List<(Instant At, SimPeer Peer, Transmit Transmit, StunClass Class)> Sent { get; } = [];

    public SimPeer AddPeer(string host, SimNat? nat = null, IceOptions? options = null)
    {
        var peer = new SimPeer(this, host, nat, options ?? new(), (seed * 1000) + (ulong)_peers.Count + 1);
        _peers.Add(peer);
        return peer;
    }

    public static SimNat NatA() => new(IpAddress.Parse("203.0.113.1"));

    public static SimNat NatB() => new(IpAddress.Parse("203.0.113.2"));

    public static bool Has(SimPeer peer, PathKind kind) => peer.Agent.SelectedPath is { } path && path.Kind == kind;

    /// <summary>An offerer and an answerer that have gathered all their candidates.</summary>
    public (SimPeer A, SimPeer B) AddPair(SimNat? natA, SimNat? natB, bool withRelay = false, byte opener = 0, bool renomination = true)
    {
        var a = AddPeer(natA is null ? "192.0.2.1:5000" : "10.0.0.1:5000", natA, new() { Role = IceRole.Controlling, Renomination = renomination });
        var b = AddPeer(natB is null ? "192.0.2.2:6000" : "10.0.1.1:6000", natB, new() { Role = IceRole.Controlled, Renomination = renomination, OpenerTimeToLive = opener });
        foreach (var peer in new[] { a, b })
        {
            peer.AddHost();
            peer.AddReflexive();
            if (withRelay)
            {
                peer.AddRelayed(peer == a ? "198.51.100.8:50001" : "198.51.100.8:50002");
            }

            peer.Agent.EndLocalCandidates(Now);
        }

        return (a, b);
    }

    public void Relay(Endpoint relayed, SimPeer owner) => _relays[relayed] = owner;

    public void At(TimeSpan later, Action action) => _agenda.Enqueue(action, (Now + later, _order++));

    public void Every(TimeSpan interval, TimeSpan until, Action action)
    {
        for (var at = interval; at <= until; at += interval)
        {
            At(at, action);
        }
    }

    /// <summary>Drops all that passes straight between the two NATs' addresses.</summary>
    public void BlockDirect(SimPeer a, SimPeer b) => IsBlocked = (from, to) => IsOf(from, a) && IsOf(to, b) || IsOf(from, b) && IsOf(to, a);

    public static bool IsOf(Endpoint endpoint, SimPeer peer) => endpoint.Address == (peer.Nat?.PublicAddress ?? peer.Host.Address);

    /// <summary>An offer with all candidates, answered with all candidates; each takes half of the signalling round trip.</summary>
    public void Signal(SimPeer offerer, SimPeer answerer, TimeSpan signallingRoundTrip)
    {
        At(signallingRoundTrip / 2, () =>
        {
            Tell(offerer, answerer);
            At(signallingRoundTrip / 2, () => Tell(answerer, offerer));
        });
    }

    /// <summary>Hands one side's credentials and candidates to the other, now.</summary>
    public void Tell(SimPeer from, SimPeer to)
    {
        to.Agent.SetRemoteCredentials(from.Agent.LocalCredentials, Now);
        foreach (var candidate in from.Candidates)
        {
            CandidateText.TryParse(CandidateText.Format(candidate), out var parsed).ShouldBe(CandidateTextError.None);
            to.Agent.AddRemoteCandidate(parsed!, Now);
            Drain(to);
        }

        to.Agent.EndRemoteCandidates(Now);
        Drain(to);
    }

    public void Run(TimeSpan time) => RunUntil(() => false, time);

    /// <summary>Runs until the condition holds, or the time is over; true where it holds.</summary>
    public bool RunUntil(Func<bool> condition, TimeSpan atMost)
    {
        var end = Now + atMost;
        while (!condition())
        {
            var next = _peers.Aggregate(Instant.Never, (soonest, peer) => Instant.Min(soonest, peer.Agent.NextDeadline));
            next = _agenda.TryPeek(out _, out var due) ? Instant.Min(next, due.Item1) : next;
            if (next > end)
            {
                Now = end;
                return condition();
            }

            Now = Instant.Max(Now, next);
            Step();
        }

        return true;
    }

    public void Drain(SimPeer peer)
    {
        while (peer.Agent.TryTransmit(_buffer, out var transmit))
        {
            StunMessage.TryParse(_buffer.AsSpan(0, transmit.Length), out var message).ShouldBe(StunError.None);
            Sent.Add((Now, peer, transmit, message.Class));
            Send(peer, _buffer[..transmit.Length], transmit);
        }

        while (peer.Agent.TryTakeEvent(out var happened))
        {
            peer.Events.Add((Now, happened));
        }
    }

    public void Send(SimPeer peer, byte[] datagram, Transmit transmit)
    {
        if (transmit.Source == peer.Relayed && peer.Relayed != Endpoint.None)
        {
            Travel(datagram, peer.Relayed, transmit.Destination, RelayDelay, outer: (peer.Host, peer.Relayed));
            return;
        }

        transmit.Source.ShouldBe(peer.Host);
        if (transmit.TimeToLive != 0 && OpenersDieBeforeNat)
        {
            return;
        }

        var source = peer.Nat?.Outbound(peer.Host, transmit.Destination) ?? peer.Host;
        if (transmit.TimeToLive is not 0 and < HopsToOtherRouter)
        {
            transmit.TimeToLive.ShouldBeGreaterThan((byte)HopsToOwnRouter);
            return;
        }

        var isInside = _peers.Exists(other => other != peer && other.Host == transmit.Destination && other.Nat == peer.Nat && peer.Nat is not null);
        Travel(datagram, isInside ? peer.Host : source, transmit.Destination, TimeSpan.Zero, outer: (source, transmit.Destination));
    }

    private void Step()
    {
        if (_agenda.TryPeek(out _, out var due) && due.Item1 <= Now)
        {
            _agenda.Dequeue()();
            return;
        }

        foreach (var peer in _peers)
        {
            if (peer.Agent.NextDeadline <= Now)
            {
                var deadline = peer.Agent.NextDeadline;
                peer.Agent.HandleDeadline(Now);
                Drain(peer);
                peer.Agent.NextDeadline.ShouldBeGreaterThan(Now, $"the deadline {deadline} did not move on");
            }
        }
    }

    /// <summary>From <paramref name="source"/> (public by now) to its destination, over a relay where the destination is one.</summary>
    private void Travel(byte[] datagram, Endpoint source, Endpoint destination, TimeSpan sofar, (Endpoint From, Endpoint To) outer)
    {
        if (IsLost(outer.From, outer.To))
        {
            return;
        }

        if (_relays.TryGetValue(destination, out var owner))
        {
            At(sofar + RelayDelay + (sofar > TimeSpan.Zero ? TimeSpan.Zero : RelayDelay), () => Arrive(owner, datagram, source, destination, outer: (destination, owner.Host)));
            return;
        }

        var delay = sofar > TimeSpan.Zero ? sofar + RelayDelay : PathDelay;
        At(delay, () => ArriveAtAddress(datagram, source, destination, outer: (source, destination)));
    }

    private void ArriveAtAddress(byte[] datagram, Endpoint source, Endpoint destination, (Endpoint From, Endpoint To) outer)
    {
        foreach (var peer in _peers)
        {
            var isReachable = peer.Nat is null || _peers.Exists(other => other != peer && other.Nat == peer.Nat && other.Host == source);
            if (peer.Host == destination && isReachable)
            {
                Arrive(peer, datagram, source, destination, outer);
                return;
            }

            if (peer.Nat is { } nat && nat.PublicAddress == destination.Address && nat.TryInbound(source, destination.Port, out var inside) && inside == peer.Host)
            {
                Arrive(peer, datagram, source, inside, outer);
                return;
            }
        }
    }

    private void Arrive(SimPeer peer, byte[] datagram, Endpoint source, Endpoint destination, (Endpoint From, Endpoint To) outer)
    {
        if (IsBlocked?.Invoke(outer.From, outer.To) == true)
        {
            return;
        }

        if (!peer.Agent.HandleDatagram(datagram, source, destination, Now) && datagram.Length == 1)
        {
            peer.Agent.NotePacketReceived(source, destination, Now);
            peer.Data.Add((Now, source, destination));
            Drain(peer);
            if (peer.Echoes)
            {
                peer.SendData();
            }
        }

        Drain(peer);
    }

    private bool IsLost(Endpoint from, Endpoint to) => IsBlocked?.Invoke(from, to) == true || (Loss > 0 && _random.NextDouble() < Loss);
}

using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;
using Postern.Protocol.Stun;
using Postern.Protocol.Turn;

namespace Postern.Sessions.Calls;

/// <summary>
/// The relays of a call: an allocation on each over UDP, and one over a stream where UDP does not reach them. Their addresses
/// become candidates.
/// </summary>
internal sealed class RelayAccess(RelayLegs legs, IceAgent agent, ProbeAllowance allowance, Queue<PathsEvent> events, Action<Candidate, Instant> offer)
{
    /// <summary>Below that of every relayed candidate over UDP: what a stream loses and repeats holds up all that comes behind it.</summary>
    private const ushort StreamPreference = 1;

    private readonly RelayFallback _fallback = new(legs, agent);
    private readonly List<RelayServer> _relays = [];
    private readonly List<Endpoint> _sockets = [];
    private readonly HashSet<(RelayServer, bool)> _allocated = [];
    private bool _started;

    /// <summary>Whether no allocation is being asked for, over UDP or a stream.</summary>
    public bool IsSettled => legs.Pending == 0 && !_fallback.IsPending;

    public Instant NextDeadline => Instant.Min(legs.NextDeadline, _fallback.NextDeadline);

    /// <summary>Whether a stream can be asked for at all.</summary>
    public bool OffersStream => _fallback.IsOffered;

    public void AddSocket(Endpoint socket) => _sockets.Add(socket);

    public void Use(RelayServer server, Instant now)
    {
        _relays.Add(server);
        _fallback.Use(server);
        Allocate(now);
    }

    public void Start(Instant now)
    {
        _started = true;
        Allocate(now);
    }

    /// <summary>The stream that was asked for stands.</summary>
    public void AddStream(Endpoint local, Instant now)
    {
        if (_fallback.TryOpen(local, now))
        {
            events.Enqueue(new PathsEvent.Noted("The relay is reached over HTTPS; an allocation is asked for there."));
        }
    }

    /// <summary>It could not be opened, or is over.</summary>
    public void EndStream(string reason, Instant now)
    {
        if (Drop(isFailure: true, now))
        {
            events.Enqueue(new PathsEvent.Noted($"The way to the relay over HTTPS is closed: {reason}"));
        }
    }

    public void HandleDeadline(Instant now) => legs.HandleDeadline(now);

    /// <summary>Takes what the allocations report, and sees whether a stream is wanted or not any more.</summary>
    /// <param name="isBlocked">UDP is known not to get out.</param>
    /// <param name="now">Now.</param>
    public void Advance(bool isBlocked, Instant now)
    {
        while (legs.TryTakeEvent(out var leg, out var happened))
        {
            Handle(leg!, happened!, now);
        }

        switch (_started ? _fallback.Advance(isBlocked, now) : RelayFallback.Step.None)
        {
            case RelayFallback.Step.Ask:
                events.Enqueue(new PathsEvent.Noted($"{(isBlocked ? "UDP does not get out" : "The relay does not answer over UDP")}: it is asked over HTTPS."));
                events.Enqueue(new PathsEvent.Forwarded(new CallEvent.RelayStreamWanted(_fallback.Server)));
                break;
            case RelayFallback.Step.GiveBack:
                events.Enqueue(new PathsEvent.Noted("The relay is not needed over HTTPS any more."));
                GiveBack(isFailure: false, now);
                break;
        }
    }

    private void GiveBack(bool isFailure, Instant now)
    {
        Drop(isFailure, now);
        events.Enqueue(new PathsEvent.Forwarded(new CallEvent.RelayStreamDone()));
    }

    private bool Drop(bool isFailure, Instant now)
    {
        if (_fallback.Leg is { } leg)
        {
            agent.RemoveLocalCandidates(leg.Relayed, now);
        }

        return _fallback.End(isFailure, now);
    }

    /// <summary>One allocation for each relay, from the first socket of its family: the one that the system's routes prefer.</summary>
    private void Allocate(Instant now)
    {
        foreach (var relay in _started ? _relays : [])
        {
            foreach (var socket in _sockets)
            {
                if (socket.IsV4 == relay.Server.IsV4 && _allocated.Add((relay, socket.IsV4)))
                {
                    allowance.NoteServer(relay.Server, now);
                    legs.Add(relay, socket, now);
                }
            }
        }
    }

    private void Handle(TurnAllocation leg, TurnEvent happened, Instant now)
    {
        var place = leg.Local.Port == 0 ? $"The relay at {leg.Server.Address} over HTTPS" : $"The relay {leg.Server}";
        switch (happened)
        {
            case TurnEvent.Allocated allocated:
                offer(Candidate(leg, allocated), now);
                events.Enqueue(new PathsEvent.Noted($"{place} gave us {allocated.Relayed}."));
                break;
            case TurnEvent.AllocationFailed failed:
                events.Enqueue(new PathsEvent.Noted($"{place} cannot be used: {failed.Reason}"));
                break;
            case TurnEvent.PermissionRefused refused:
                events.Enqueue(new PathsEvent.Noted($"{place} does not relay to {refused.Peer} ({refused.Code})."));
                break;
            case TurnEvent.Lost lost:
                agent.RemoveLocalCandidates(leg.Relayed, now);
                events.Enqueue(new PathsEvent.Noted($"{place} is lost: {lost.Reason}."));
                events.Enqueue(new PathsEvent.RelayLost());
                break;
        }

        if (leg == _fallback.Leg && (happened is TurnEvent.AllocationFailed or TurnEvent.Lost))
        {
            if (happened is TurnEvent.AllocationFailed { Code: StunErrorCode.Unauthenticated or StunErrorCode.WrongCredentials })
            {
                events.Enqueue(new PathsEvent.RelayLost()); // the credential has expired since: the next try needs another grant
            }

            GiveBack(isFailure: true, now);
        }
    }

    /// <summary>One over a stream has a foundation of its own: it may work where the others do not (RFC 8445 §5.1.1.3 counts the transport).</summary>
    private static Candidate Candidate(TurnAllocation leg, TurnEvent.Allocated allocated) => leg.Local.Port == 0
        ? Protocol.Ice.Candidate.Relayed(allocated.Relayed, allocated.Mapped, IpAddress.Any, StreamPreference)
        : Protocol.Ice.Candidate.Relayed(allocated.Relayed, allocated.Mapped, leg.Server.Address, AddressPreference.Of(leg.Local.Address, 0));
}

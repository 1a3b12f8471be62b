using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Protocol.Ice;

/// <summary>The STUN server side of a check (RFC 8445 §7.3): answered at once, then followed up by a triggered check.</summary>
internal sealed class IncomingRequests(AgentState state, Nomination nomination)
{
    private readonly EarlyChecks _early = new();

    public bool Handle(in StunMessage request, Endpoint source, Endpoint destination, Instant now)
    {
        if (!request.TryGet(StunAttributeType.Username, out var username) || GenerationOf(username) is not { } generation)
        {
            return false;
        }

        var answer = new Outgoing
        {
            Kind = OutgoingKind.Success,
            Source = destination,
            Destination = source,
            Generation = generation,
            Check = new SentCheck(request.TransactionId, now, default),
        };
        if (!request.VerifyIntegrity(generation.LocalKey))
        {
            state.Stats.Unverified++; // RFC 8489 §9.1.3
            Answer(answer with { Kind = OutgoingKind.Error, ErrorCode = request.HasMessageIntegrity ? StunErrorCode.Unauthenticated : StunErrorCode.BadRequest, IsUnsigned = true });
            return true;
        }

        state.Stats.RequestsReceived++;
        if (IsShut(destination, source))
        {
            state.Stats.TurnedAway++; // an answer would open to the other side what is prohibited to us
            return true;
        }

        var check = ConnectivityCheck.Read(request);
        if (check.Unknown != default)
        {
            Answer(answer with { Kind = OutgoingKind.Error, ErrorCode = StunErrorCode.UnknownAttribute, Unknown = check.Unknown });
            return true;
        }

        if (IsConflictWon(check))
        {
            Answer(answer with { Kind = OutgoingKind.Error, ErrorCode = StunErrorCode.RoleConflict });
            return true;
        }

        Answer(answer);
        Follow(new(destination, source, check), generation, now);
        return true;
    }

    /// <summary>Follows up the checks that came before the peer's credentials or this base were known.</summary>
    public void FollowEarly(Endpoint local, Instant now)
    {
        while (state.Current.Remote is not null && _early.TryTake(local, out var early))
        {
            Follow(early, state.Current, now);
        }
    }

    public void FollowAllEarly(Instant now)
    {
        foreach (var local in state.List.Bases)
        {
            FollowEarly(local.Address, now);
        }
    }

    public void Forget() => _early.Clear();

    private IceGeneration? GenerationOf(ReadOnlySpan<byte> username) =>
        state.Current.IsAddressed(username) ? state.Current
        : state.Previous is { } previous && previous.IsAddressed(username) ? previous
        : null;

    /// <summary>No direct way is opened any more, and this one does not work yet.</summary>
    private bool IsShut(Endpoint local, Endpoint remote) => state.IsDirectProhibited
        && state.List.FindBase(local) is not { IsRelayed: true } && state.List.Find(local, remote, generation: null) is not { State: PairState.Succeeded };

    /// <summary>RFC 8445 §7.3.1.1: the larger tiebreaker controls. True where the other side is to give way; else this one did.</summary>
    private bool IsConflictWon(in ConnectivityCheck check)
    {
        if (check.Role != state.Role)
        {
            return false;
        }

        var isLarger = state.Tiebreaker >= check.Tiebreaker;
        if (isLarger == (state.Role == IceRole.Controlling))
        {
            return true;
        }

        nomination.Forget();
        state.SwitchRole();
        return false;
    }

    private void Answer(in Outgoing answer)
    {
        if (!state.Outbox.TryAdd(answer))
        {
            state.Stats.TurnedAway++;
        }
        else if (answer.Kind == OutgoingKind.Success)
        {
            state.Stats.ResponsesSent++;
        }
        else
        {
            state.Stats.ErrorsSent++;
        }
    }

    private void Follow(in EarlyCheck received, IceGeneration generation, Instant now)
    {
        var local = state.List.FindBase(received.Local);
        if (generation == state.Current && (generation.Remote is null || local is null))
        {
            state.Stats.TurnedAway += _early.TryAdd(received) ? 0 : 1;
            return;
        }

        if (local is null || (state.List.Find(received.Local, received.Remote, generation) ?? Learn(local, received, generation, now)) is not { } pair)
        {
            return;
        }

        pair.IsOpenedByPeer |= pair is { RequestsSent: 0, RequestsReceived: 0 };
        pair.RequestsReceived++;
        nomination.Received(pair, received.Check, now);
        if (!IsNeeded(pair, received.Check))
        {
            return;
        }

        if (pair is { State: PairState.Failed, Failure: PairFailure.AsymmetricResponse } && !received.Check.UseCandidate && !state.Strangers.TryFollow(now)) // answers come from elsewhere, perhaps in a circle
        {
            state.Stats.TurnedAway++;
            return;
        }

        if (pair.State != PairState.Succeeded)
        {
            pair.State = PairState.Waiting; // RFC 8445 §7.3.1.4
            state.List.Trigger(pair);
        }
    }

    /// <summary>Not while a check is under way that passes the peer's NAT already, nor for a pair that was let go beside a better one.</summary>
    private bool IsNeeded(CandidatePair pair, in ConnectivityCheck check) => pair.State switch
    {
        PairState.InProgress => !pair.IsCheckTriggered,
        PairState.Failed when pair.Failure == PairFailure.Prohibited => false,
        PairState.Failed => pair.Failure != PairFailure.Released || check.UseCandidate || state.Selected is null,
        _ => true,
    };

    /// <summary>RFC 8445 §7.3.1.3: a check from an address that nobody signalled makes a peer-reflexive candidate.</summary>
    private CandidatePair? Learn(BaseEndpoint local, in EarlyCheck received, IceGeneration generation, Instant now)
    {
        if (generation != state.Current)
        {
            return null;
        }

        var known = state.List.FindRemote(received.Remote);
        if (known is null && state.Guesses.Knows(received.Local, received.Remote))
        {
            known = Candidate.Predicted(received.Remote, Endpoint.None, rank: 0);
        }

        if (known is null && !received.Check.UseCandidate && !state.Strangers.TryFollow(now)) // what the peer has chosen works
        {
            state.Stats.TurnedAway++;
            return null;
        }

        var pair = state.List.AddPeerReflexive(local, known ?? new Candidate
        {
            Type = CandidateType.PeerReflexive,
            Address = received.Remote,
            Priority = received.Check.Priority ?? CandidatePriority.Of(CandidateType.PeerReflexive, 0),
            Foundation = "0",
        }, generation);
        if (pair is not null && known is null)
        {
            state.Emit(new IceEvent.PeerReflexiveFound(IsLocal: false, received.Remote, received.Local));
        }

        return pair;
    }
}

using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Turn;
using Postern.Sessions.Calls.Prediction;

namespace Postern.Sessions.Calls;

/// <summary>The ways between the two peers: gathering, relay legs and checks behind one door.</summary>
internal sealed class Paths
{
    private readonly CallOptions _options;
    private readonly RelayLegs _legs;
    private readonly Gathering _gathering;
    private readonly Queue<PathsEvent> _events = [];
    private readonly RelayAccess _relays;
    private readonly List<Endpoint> _sockets = [];
    private readonly byte[] _scratch = new byte[2048];
    private bool _started;
    private bool _ended;
    private string? _pair; // until what came of its plan is known

    public Paths(CallOptions options, IRandom random)
    {
        _options = options;
        _legs = new(random);
        Allowance = new(options.Budget ?? new ProbeBudget(), ProbeLimits.Between(options.Probe, null));
        _gathering = new(new GatheringOptions(), options.RelayOnly ? [] : [.. options.StunServers], random);
        Agent = new(
            new IceOptions
            {
                Role = options.Role == CallRole.Caller ? IceRole.Controlling : IceRole.Controlled,
                OpenerTimeToLive = options.Role == CallRole.Callee ? options.OpenerTimeToLive : (byte)0,
                Allowance = Allowance,
            },
            random);
        _relays = new(_legs, Agent, Allowance, _events, Offer);
        Prediction = new(Agent, options.StunServers, Allowance, random);
        Refusal = new(Agent);
    }

    /// <summary>What is spent of the network's patience.</summary>
    public ProbeAllowance Allowance { get; }

    /// <summary>How much the other side allows; null where it says nothing, or has not yet.</summary>
    public ProbeMode? PeerProbe { get; private set; }

    public PortPrediction Prediction { get; }

    public IceAgent Agent { get; }

    public DirectRefusal Refusal { get; }

    public SocketReplacement Replacement { get; } = new();

    public IceCredentials Credentials => Agent.LocalCredentials;

    /// <summary>Where data goes now; null before the first pair is valid.</summary>
    public IcePath? Selected => Agent.SelectedPath;

    /// <summary>Whether data goes over the relay, which we reach over a stream.</summary>
    public bool IsOverStream => Selected is { } path && IsStreamed(path.Local);

    /// <summary>Relays are still being asked for.</summary>
    public bool RelaysFollow { get; set; }

    /// <summary>Whether nothing more will be gathered.</summary>
    public bool IsGathered => _started && !RelaysFollow && !Replacement.IsAwaited && (_gathering.IsCompleted || _options.RelayOnly) && _relays.IsSettled;

    /// <summary>Whether no more candidates will be told.</summary>
    public bool IsComplete => IsGathered && !Prediction.MayTellMore;

    public Instant NextDeadline =>
        Instant.Min(Instant.Min(Agent.NextDeadline, Prediction.NextDeadline), Instant.Min(_gathering.NextDeadline, _relays.NextDeadline));

    public void AddSocket(Endpoint local, Instant now)
    {
        var replaced = Replacement.End(local);
        if (local == Endpoint.None)
        {
            return; // the one in its place stands as it is
        }

        _sockets.Add(local);
        _relays.AddSocket(local);
        Refusal.NoteOwn(local.Address);
        Prediction.UseSocket(local, replaced);
        if (_started)
        {
            Gather(local, now);
        }
    }

    /// <summary>Ways to relays, over UDP and over a stream.</summary>
    public RelayAccess Relays => _relays;

    /// <summary>What was measured of our NAT, where it was.</summary>
    public NatReport? LocalNat { get; set; }

    public void Start(Instant now)
    {
        _started = true;
        foreach (var socket in _sockets)
        {
            Gather(socket, now);
        }

        _relays.Start(now);
    }

    /// <summary>Both NATs are known, or ours is and the other side is no Postern: what can be predicted is, beside the checks.</summary>
    public void Predict(NatReport? local, NatReport? remote, SessionDescription? description, Instant now)
    {
        PeerProbe = description?.Probe;
        Allowance.Limits = ProbeLimits.Between(_options.Probe, PeerProbe); // for ordinary checks too, whether or not anything is predicted
        if (_options.RelayOnly || Prediction.Plan is not null || Refusal.IsInForce || description is null || local is null || (remote is null && description.Postern > 0))
        {
            return;
        }

        local = Prediction.Sight.Renew(local)!;
        var isCaller = _options.Role == CallRole.Caller;
        Prediction.Begin(
            new(local, Allowance.Limits, isCaller),
            new(remote, Allowance.Limits, !isCaller) { ChoosesRoles = Negotiation.ChoosesRoles(description) },
            Recall(local, remote, now),
            now);
    }

    private PairMemory? Recall(NatReport local, NatReport? remote, Instant now)
    {
        _pair = remote is null ? null : PairMemory.KeyOf(local, remote);
        return _pair is null ? null : _options.Memories?.Recall(_pair, WallClock(now));
    }

    /// <summary>What came of a plan is kept for the next call between these networks.</summary>
    private void Remember(bool isDirect, Instant now)
    {
        if (_pair is not null && Prediction.Plan is { Method: not PredictionMethod.None and var method })
        {
            _options.Memories?.Note(_pair, new(method, Prediction.Outcome == PredictionOutcome.Worked, isDirect, Prediction.TookUntil(now), Prediction.HasWaited), WallClock(now));
            _pair = null;
        }
    }

    private DateTimeOffset WallClock(Instant now) => _options.Epoch + (now - Instant.Zero);

    /// <summary>The other side's credentials and first candidates are known: checks begin.</summary>
    public void SetRemote(SessionDescription remote, bool isPostern, Instant now)
    {
        if (!IceCredentials.TryCreate(remote.IceUfrag, remote.IcePwd, out var credentials))
        {
            return; // SessionDescription's own rules are stricter; nothing comes of such a call
        }

        Prediction.IsPeerPostern = isPostern;
        Agent.Renomination = isPostern && remote.Renomination;
        Agent.SetRemoteCredentials(credentials!, now);
        foreach (var line in remote.Candidates)
        {
            AddRemote(line, remote.IceUfrag, now);
        }

        if (remote.CandidatesComplete)
        {
            EndRemote(now);
        }
    }

    public void AddRemote(string line, string fragment, Instant now)
    {
        if (CandidateText.TryParse(line, out var candidate) != CandidateTextError.None || candidate is null)
        {
            return;
        }

        _legs.Permit(candidate.Address.Address, now);
        Agent.AddRemoteCandidate(candidate with { UsernameFragment = candidate.UsernameFragment ?? fragment }, now);
        Prediction.AddRemote(candidate, now);
    }

    public void EndRemote(Instant now) => Agent.EndRemoteCandidates(now);

    public bool IsRelayed(Endpoint local) => _legs.IsRelayed(local);

    /// <summary>Whether this relayed end of ours is reached over a stream.</summary>
    public bool IsStreamed(Endpoint local) => _legs.IsOverStream(local);

    public bool TryUnwrap(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, out Endpoint peer, out Endpoint relayed, out ReadOnlySpan<byte> payload) =>
        _legs.TryUnwrap(datagram, source, destination, out peer, out relayed, out payload);

    public bool TryWrap(Endpoint relayed, ReadOnlySpan<byte> payload, Endpoint peer, Span<byte> buffer, out Transmit transmit) =>
        _legs.TryWrap(relayed, payload, peer, buffer, out transmit);

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now) =>
        Gathers(datagram, source, destination, now)
        || Prediction.HandleDatagram(datagram, source, destination, now)
        || _legs.HandleDatagram(datagram, source, destination, now)
        || Agent.HandleDatagram(datagram, source, destination, now);

    public void NoteReceived(Endpoint source, Endpoint destination, Instant now) => Agent.NotePacketReceived(source, destination, now);

    public void NoteSent(IcePath path, Instant now) => Agent.NotePacketSent(path.Local, path.Remote, now);

    public void HandleProhibition(Endpoint local, Endpoint remote, IpAddress reporter, bool isOwn, Instant now)
    {
        if (Refusal.Hear(local, remote, reporter, isOwn, now))
        {
            Prediction.GiveUp(now);
            _pair = null; // says nothing of the two networks' ports
            _events.Enqueue(new PathsEvent.Noted("Your firewall refuses direct connections (administratively prohibited): no further one is tried."));
        }
    }

    public void HandleDeadline(Instant now)
    {
        _gathering.HandleDeadline(now);
        _relays.HandleDeadline(now);
        Prediction.HandleDeadline(now);
        Agent.HandleDeadline(now);
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        if (_legs.TryTransmit(buffer, out transmit) || _gathering.TryTransmit(buffer, out transmit) || Prediction.TryTransmit(buffer, out transmit))
        {
            return true;
        }

        while (Agent.TryTransmit(_scratch, out var inner))
        {
            var datagram = _scratch.AsSpan(0, inner.Length);
            if (!IsRelayed(inner.Source))
            {
                datagram.CopyTo(buffer);
                transmit = inner;
                return true;
            }

            if (TryWrap(inner.Source, datagram, inner.Destination, buffer, out transmit))
            {
                return true;
            }
        }

        return false;
    }

    public bool TryTakeEvent(Instant now, out PathsEvent happened)
    {
        _relays.Advance(LocalNat is { UdpBlocked: true }, now);
        while (_gathering.TryTakeEvent(out var gathered))
        {
            if (gathered is GatheringEvent.CandidateGathered found)
            {
                Offer(found.Candidate, now);
            }
        }

        if (IsGathered && !_ended)
        {
            _ended = true;
            Agent.EndLocalCandidates(now);
        }

        while (Agent.TryTakeEvent(out var ice))
        {
            Handle(ice, now);
        }

        if (Prediction is { Outcome: PredictionOutcome.Failed, IsResumed: false }) // what fails after a ban had less to spend than the method needs
        {
            Remember(isDirect: false, now);
        }

        while (Prediction.TryTakeEvent(out var predicted))
        {
            _events.Enqueue(predicted.ForCall(Credentials.UsernameFragment));
        }

        return _events.TryDequeue(out happened!);
    }

    /// <summary>Asks the relays whether they still know us: after a restart they do not.</summary>
    public void RefreshRelays(Instant now) => _legs.Refresh(now);

    public void Release(Instant now) => _legs.Release(now);

    private bool Gathers(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (!_gathering.HandleDatagram(datagram, source, destination, now))
        {
            return false;
        }

        Prediction.Sight.NoteAnswer(datagram, source, destination);
        return true;
    }

    private void Gather(Endpoint socket, Instant now)
    {
        if (!_options.RelayOnly)
        {
            _gathering.AddHosts([socket], now);
            NoteServers(now);
        }
    }

    private void NoteServers(Instant now)
    {
        foreach (var server in _options.StunServers)
        {
            Allowance.NoteServer(server, now);
        }
    }

    private void Offer(Candidate candidate, Instant now)
    {
        if (_options.RelayOnly && candidate.Type != CandidateType.Relayed)
        {
            return;
        }

        Agent.AddLocalCandidate(candidate, now);
        if (candidate.Type != CandidateType.Relayed)
        {
            Refusal.NoteOwn(candidate.Address.Address);
        }

        if (Replacement.IsKeptBack(candidate))
        {
            return;
        }

        var shown = _options.RelayOnly ? candidate with { Related = new(candidate.Address.IsV4 ? IpAddress.AnyV4 : IpAddress.Any, 9) } : candidate;
        Prediction.NoteTold(now);
        _events.Enqueue(new PathsEvent.CandidateFound(CandidateText.Format(shown)));
        if (Selected is null or { Kind: PathKind.Relayed } && Replacement.TryBegin(candidate))
        {
            _events.Enqueue(new PathsEvent.Noted($"Our router shows us at port {candidate.Address.Port}, to which the other side sends nothing first: another socket is opened."));
            _events.Enqueue(new PathsEvent.Forwarded(new CallEvent.AnotherSocketWanted(candidate.Base.Address)));
        }
    }

    private void Handle(IceEvent happened, Instant now)
    {
        switch (happened)
        {
            case IceEvent.PathChanged changed:
                Regather(changed.From, changed.To, now);
                _events.Enqueue(new PathsEvent.Moved(changed.From, changed.To, changed.Reason.InWords()));
                break;
            case IceEvent.PathLost lost:
                Regather(lost.Path, null, now);
                _events.Enqueue(new PathsEvent.Moved(lost.Path, null, lost.Reason.InWords()));
                break;
            case IceEvent.PairValidated valid:
                _events.Enqueue(new PathsEvent.Noted($"{valid.Path.Kind} works: {valid.Path.Local} to {valid.Path.Remote}."));
                break;
            case IceEvent.PairFailed failed:
                _events.Enqueue(new PathsEvent.Noted($"{failed.Path.Kind} failed: {failed.Path.Local} to {failed.Path.Remote}, {failed.Cause.InWords()}."));
                break;
            case IceEvent.Failed failed:
                _events.Enqueue(new PathsEvent.AllFailed(failed.Reason.InWords()));
                break;
        }
    }

    /// <summary>
    /// A direct path holds its own mapping open, so that the STUN servers need not be asked any more. Over the relay they are, and
    /// at once where a direct path was lost: a router that has started again shows us under another port, which the peer must hear of.
    /// </summary>
    private void Regather(IcePath? from, IcePath? to, Instant now)
    {
        if (to is { Kind: not PathKind.Relayed })
        {
            Prediction.Succeed(to.Value.Kind, now);
            Remember(isDirect: true, now);
            _gathering.Conclude();
        }
        else if (from is { Kind: not PathKind.Relayed })
        {
            _gathering.Resume(now);
            NoteServers(now);
        }
    }
}

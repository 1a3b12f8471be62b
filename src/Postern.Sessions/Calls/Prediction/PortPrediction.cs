using System.Diagnostics.CodeAnalysis;
using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Stun;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// Beside the ordinary checks: meets NATs whose ports move, by the plan that both sides draw from both reports. It measures and
/// punches from spare sockets; a socket that the other side finds becomes one of the agent's.
/// </summary>
internal sealed class PortPrediction
{
    private const int SocketsAhead = 4; // for a first punch at once
    private const int MostAdopted = 8; // more of ours than that no honest peer finds
    private const int MostEarlyNotices = 4;

    private readonly IceAgent _agent;
    private readonly ProbeAllowance _allowance;
    private readonly IRandom _random;
    private readonly Queue<PredictionEvent> _events = new();
    private readonly SpareSockets _sockets;
    private readonly ForeignCandidates _foreign;
    private readonly PortQuestions? _questions;
    private readonly Queue<SignalPayload.Ports> _early = new();
    private readonly Resumption _resumption = new();
    private (PredictionSide Own, PredictionSide Peer) _sides;
    private BanWatch? _bans; // none before there is a plan, nor when it is all over
    private PredictionDesk? _desk;
    private IPredictionPart? _part;
    private bool _moves;
    private bool _isReconsidered;
    private int _unmade; // of the part before
    private int _adopted;
    private Endpoint _own = Endpoint.None;
    private Endpoint _peer = Endpoint.None;
    private Instant _plannedAt = Instant.Zero;
    private Instant _begunAt = Instant.Zero;
    private Instant _beginAt = Instant.Never;
    private Instant _endAt = Instant.Never;

    public PortPrediction(IceAgent agent, IReadOnlyList<Endpoint> stunServers, ProbeAllowance allowance, IRandom random)
    {
        (_agent, _allowance, _random) = (agent, allowance, random);
        _sockets = new(_events);
        _foreign = new(candidate => _events.Enqueue(new PredictionEvent.CandidateReady(candidate)));
        var server = stunServers.FirstOrDefault(server => server.IsV4, Endpoint.None);
        _questions = server == Endpoint.None ? null : new(server, _sockets, allowance, random);
    }

    /// <summary>Our own NAT, looked at afresh.</summary>
    public NatSight Sight { get; } = new();

    /// <summary>What is done, or why nothing; null before both sides are known.</summary>
    public PredictionPlan? Plan { get; private set; }

    public PredictionOutcome Outcome { get; private set; }

    /// <summary>Nothing new gets out, and we may have used up our router's ports ourselves.</summary>
    public bool Stalls => _bans is { IsShutOut: true } && Plan is { MayUseUpPorts: true };

    /// <summary>The plan was taken up again after a ban of one side.</summary>
    public bool IsResumed => _resumption.HasLed || _resumption.HasFollowed;

    /// <summary>From the first question to the notice of what was learnt.</summary>
    public TimeSpan? LearntAfter => _desk?.LearntAfter;

    /// <summary>What earlier calls between these networks say of the plan, in a sentence; empty where nothing is known.</summary>
    public string Remembered { get; private set; } = "";

    /// <summary>How long the way that carries the data took: the prediction from its own beginning, another one from when both sides were known.</summary>
    public TimeSpan TookUntil(Instant now) => now - (Outcome == PredictionOutcome.Worked ? _begunAt : _plannedAt);

    /// <summary>The plan gave another way time before it began.</summary>
    public bool HasWaited => _begunAt > _plannedAt;

    /// <summary>Packets that left for it.</summary>
    public long Packets => (_questions?.Sent ?? 0) + _agent.Stats.GuessPackets;

    /// <summary>Mappings that our NAT made for it; where one serves all destinations, guesses take none.</summary>
    public int Mappings => _allowance.Mappings - _unmade - (_part?.Unmade ?? 0) + PredictionDesk.MappingsOf(_agent.Guessed, _sides.Own?.Report);

    /// <summary>Candidates may follow that nobody has gathered: a peer that is no Postern is told predicted ones as such.</summary>
    public bool MayTellMore => Plan is null ? _moves && !IsPeerPostern : IsUnderWay && _desk is { Remote: null };

    /// <summary>The other side takes notices and needs no candidates.</summary>
    public bool IsPeerPostern { get; set; }

    /// <summary>Still worth waiting for.</summary>
    public bool IsUnderWay => Outcome == PredictionOutcome.UnderWay;

    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Min(Instant.Min(_beginAt, _endAt), Instant.Min(_questions?.NextDeadline ?? Instant.Never, _bans?.NextDeadline ?? Instant.Never));
            return IsUnderWay ? Instant.Min(next, Instant.Min(_part?.NextDeadline ?? Instant.Never, _foreign.NextDeadline)) : next;
        }
    }

    /// <summary>A socket of the call's own: the first of IPv4 is the one that the system's routes prefer. It may replace one.</summary>
    public void UseSocket(Endpoint socket, Endpoint replaced)
    {
        if (_own == replaced && socket.IsV4 && Plan is null)
        {
            _own = socket;
            Sight.Use(socket.Address);
        }
    }

    /// <summary>Our ports are known to count: the sockets of the first punch are opened before they are needed.</summary>
    public void Prepare(NatReport? local)
    {
        var ports = PortClasses.Of(local);
        _moves = _own != Endpoint.None && _questions is not null && ports is PortClass.Counts or PortClass.Draws or PortClass.Roams;
        if (_moves && ports == PortClass.Counts)
        {
            _sockets.Want(SocketsAhead, _own);
            Sight.WatchCounter(local!.Mapping);
        }
    }

    public void AddSockets(IEnumerable<Endpoint> sockets, Instant now)
    {
        _sockets.Add(sockets);
        Advance(now);
    }

    /// <summary>The other side was told an ordinary candidate.</summary>
    public void NoteTold(Instant now) => _foreign.Note(now);

    /// <summary>Both sides are known, or of a peer that is no Postern ours is: makes the plan and begins, unless <paramref name="memory"/> knows better.</summary>
    public void Begin(PredictionSide own, PredictionSide peer, PairMemory? memory, Instant now)
    {
        if (Plan is not null || _questions is null || _own == Endpoint.None)
        {
            return;
        }

        _sides = (own, peer);
        Plan = peer.Report is null ? PredictionPlanner.PlanForeign(own, _foreign.Left) : PredictionPlanner.Plan(own, peer);
        var advice = Plan.Method == PredictionMethod.None ? PairAdvice.Begin : memory?.Advise(Plan.Method) ?? PairAdvice.Begin;
        (Remembered, _plannedAt) = (MemoryWords.Of(memory, advice, Plan.Method, PredictionPatience.Deference), now);
        Plan = advice == PairAdvice.Leave ? Plan with { Method = PredictionMethod.None, Reason = "failed-here-before" } : Plan;
        _bans = new(_questions, _sockets, _allowance, _own);
        _bans.LookAt(now + ProbeLimits.BanSuspicion);
        if (Plan.Method == PredictionMethod.None)
        {
            Sight.Conclude();
            return;
        }

        _agent.HoldBack(reflexive: Plan.Method != PredictionMethod.Pool && peer.Class is PortClass.Draws or PortClass.Counts);
        Start(advice == PairAdvice.Wait ? now + PredictionPatience.Deference : now);
        Note(Remembered);
        Advance(now);
    }

    private void Start(Instant when)
    {
        _desk = new(_agent, _allowance, _sockets, _questions!, _random, _events)
        {
            Plan = Plan!,
            Measured = _sides.Own.Report!,
            Remote = _sides.Peer.Report,
            Own = _own,
            Peer = _peer,
            Foreign = _foreign,
            Sight = Sight,
            Sides = _sides,
            Reconsider = Reconsider,
        };
        _part = PredictionParts.For(_desk);
        Outcome = PredictionOutcome.UnderWay;
        _beginAt = _begunAt = when;
        _endAt = when + PredictionPatience.OfPlan;
        Note(PredictionWords.OfPlan(Plan!));
    }

    /// <summary>A ban is over: both sides take up what is worth it on a more careful purse.</summary>
    private void Resume((PredictionSide Own, PredictionSide Peer) sides, bool tells, Instant now)
    {
        var plan = PredictionPlanner.Plan(sides.Own, sides.Peer);
        Note(PredictionWords.OfResumption(plan, sides.Own));
        if (plan.Method == PredictionMethod.None)
        {
            return;
        }

        (_sides, Plan, _isReconsidered, _unmade) = (sides, plan, false, _unmade + _part!.Unmade);
        _allowance.Renew(sides.Own.Limits);
        Start(now);
        if (tells)
        {
            _desk!.Tell([], again: sides.Own.Limits.Mode);
        }

        _bans!.LookAt(now + ProbeLimits.BanSuspicion);
        Advance(now);
    }

    /// <summary>Both sides have heard what a counter shows now.</summary>
    private bool Reconsider(CrossTraffic traffic, Instant now)
    {
        var (before, plan) = (Plan!, PredictionPlanner.Plan(_sides.Own, _sides.Peer, traffic));
        if (plan.Method == PredictionMethod.None)
        {
            Note(PredictionWords.TooBusy(traffic));
            Plan = _isReconsidered ? before : plan;
            End(_isReconsidered ? PredictionOutcome.Failed : PredictionOutcome.NotTried, now);
            return false;
        }

        _desk!.Plan = Plan = plan.After(before, keepsOdds: _isReconsidered); // beforehand is before the first port
        _isReconsidered = true;
        if (Plan != before)
        {
            Note(PredictionWords.OfPlan(Plan!));
        }

        return true;
    }

    /// <summary>One of the other side's candidates: the first that a server saw is the one to open towards, or the public one where no NAT stands before it.</summary>
    public void AddRemote(Candidate candidate, Instant now)
    {
        var isPublic = _desk?.Remote is { IsTranslated: false } report && candidate.Type == CandidateType.Host && candidate.Address.Address == report.Mapped.Address;
        if (_peer != Endpoint.None || !candidate.Address.IsV4 || UnwelcomePorts.Contains(candidate.Address.Port) || (candidate.Type != CandidateType.ServerReflexive && !isPublic))
        {
            return;
        }

        _peer = candidate.Address;
        if (_desk is not null)
        {
            _desk.Peer = _peer;
            Advance(now);
        }
    }

    /// <summary>The other side may have made the plan first: what it says before we have is kept.</summary>
    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        if (Plan is null || _beginAt != Instant.Never)
        {
            if (_early.Count < MostEarlyNotices)
            {
                _early.Enqueue(notice);
            }
        }
        else if (notice.Again is { } mode && !_resumption.HasFollowed && _bans is { IsShutOut: false } && _desk is { Remote: not null })
        {
            Resume(_resumption.Follow(_sides.Own, _sides.Peer, mode), tells: false, now);
        }
        else if (IsUnderWay)
        {
            _part!.HandleNotice(notice, now);
        }
    }

    /// <summary>True where it was an answer to a question; a check that found one of our spare sockets is only prepared for the agent.</summary>
    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (_questions is not null && _questions.HandleDatagram(datagram, source, destination))
        {
            Sight.NoteAnswer(datagram, source, destination);
            Advance(now);
            return true;
        }

        if (!_sockets.Holds(destination))
        {
            return false;
        }

        if (_agent.IsGenuineCheck(datagram))
        {
            Adopt(destination);
            return false;
        }

        if (_part?.Awaits(source) == true && Plan is { Method: PredictionMethod.FanToLearned } && _desk!.IsTheirs($"{source.Address}") && StunMessage.TryParse(datagram, out var message) == StunError.None && message.Class == StunClass.Indication)
        {
            Adopt(destination);
            _agent.Guess(destination, [source], GuessRhythm.Patient, now);
        }

        return true;
    }

    public void HandleDeadline(Instant now)
    {
        _questions?.HandleDeadline(now);
        Advance(now);
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        transmit = default;
        return _questions is not null && _questions.TryTransmit(buffer, out transmit);
    }

    public bool TryTakeEvent([NotNullWhen(true)] out PredictionEvent? happened) => _events.TryDequeue(out happened);

    /// <summary>There is a direct path: what was opened for this and is not used is closed.</summary>
    public void Succeed(PathKind path, Instant now)
    {
        _bans = null;
        var isItsWork = path == PathKind.Predicted || (path == PathKind.Punched && Plan is { Method: PredictionMethod.Pool });
        End(isItsWork && Outcome is PredictionOutcome.UnderWay or PredictionOutcome.Failed ? PredictionOutcome.Worked : IsUnderWay ? PredictionOutcome.NotNeeded : Outcome, now);
    }

    /// <summary>Our firewall's keeper does not want it.</summary>
    public void GiveUp(Instant now)
    {
        _bans = null;
        End(IsUnderWay ? PredictionOutcome.Failed : Outcome, now);
    }

    private void End(PredictionOutcome outcome, Instant now)
    {
        Outcome = outcome;
        _beginAt = _endAt = Instant.Never;
        _questions?.Stop();
        _sockets.ReleaseAll();
        Sight.Conclude();
        _agent.StopGuessing(now);
    }

    private void Advance(Instant now)
    {
        _beginAt = _beginAt <= now ? Instant.Never : _beginAt;
        if (IsUnderWay && _beginAt == Instant.Never)
        {
            _part!.Advance(now);
            _foreign.Advance(now);
            while (IsUnderWay && _early.TryDequeue(out var notice))
            {
                _part.HandleNotice(notice, now);
            }
        }

        if (_endAt <= now || (IsUnderWay && _part!.IsDone && !_agent.IsGuessing && _bans is not { IsToLook: true })) // a ban is no failure of the method
        {
            Note("All that the plan had was tried, and no direct path came of it.");
            _allowance.Conclude();
            End(PredictionOutcome.Failed, now);
        }

        if (_bans is not null && _bans.Advance(now))
        {
            NoteBan(now);
        }
    }

    private void NoteBan(Instant now)
    {
        if (_bans!.IsShutOut && !Stalls) // where it may be our own doing, the holes that stand may still be found
        {
            End(PredictionOutcome.ShutOut, now); // whatever the plan: nothing is held against its method
        }

        Note(_bans.IsNews ? PredictionWords.OfBan(_bans.IsShutOut, Stalls) : "");
        if (!_bans.IsShutOut && !_resumption.HasLed && Outcome == PredictionOutcome.ShutOut && _desk is { Remote: not null })
        {
            var free = Resumption.FreeAt(_allowance, _sides.Own);
            if (free <= now)
            {
                Resume(_resumption.Lead(_sides.Own, _sides.Peer), tells: true, now);
            }
            else
            {
                _bans.LookAt(free);
            }
        }
    }

    private void Adopt(Endpoint socket)
    {
        if (_adopted++ < MostAdopted)
        {
            _sockets.Adopt(socket);
            _agent.AddFanSocket(socket);
        }
    }

    private void Note(string what)
    {
        if (what.Length > 0)
        {
            _events.Enqueue(new PredictionEvent.Noted(what));
        }
    }
}

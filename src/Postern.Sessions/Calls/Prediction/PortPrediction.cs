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

    private readonly IceAgent _agent;
    private readonly ProbeAllowance _allowance;
    private readonly IRandom _random;
    private readonly Queue<PredictionEvent> _events = new();
    private readonly SpareSockets _sockets;
    private readonly PortQuestions? _questions;
    private readonly Endpoint _server;
    private PredictionDesk? _desk;
    private IPredictionPart? _part;
    private Endpoint _own = Endpoint.None;
    private Endpoint _peer = Endpoint.None;

    public PortPrediction(IceAgent agent, IReadOnlyList<Endpoint> stunServers, ProbeAllowance allowance, IRandom random)
    {
        (_agent, _allowance, _random) = (agent, allowance, random);
        _sockets = new(_events);
        _server = stunServers.FirstOrDefault(server => server.IsV4, Endpoint.None);
        _questions = _server == Endpoint.None ? null : new(_server, _sockets, random);
    }

    /// <summary>What is done, or why nothing; null before both sides are known.</summary>
    public PredictionPlan? Plan { get; private set; }

    /// <summary>Still worth waiting for.</summary>
    public bool IsUnderWay => _part is not null;

    public Instant NextDeadline => Instant.Min(_part?.NextDeadline ?? Instant.Never, _questions?.NextDeadline ?? Instant.Never);

    /// <summary>A socket of the call's own: the first one that reaches the server is the one whose ports matter.</summary>
    public void UseSocket(Endpoint socket) => _own = _own == Endpoint.None && socket.IsV4 ? socket : _own;

    /// <summary>Our ports are known to count: the sockets of the first punch are opened before they are needed.</summary>
    public void Prepare(NatReport? local)
    {
        if (PortClasses.Of(local) == PortClass.Counts && _own != Endpoint.None)
        {
            _sockets.Want(SocketsAhead, _own);
        }
    }

    public void AddSockets(IEnumerable<Endpoint> sockets, Instant now)
    {
        _sockets.Add(sockets);
        _part?.Advance(now);
    }

    /// <summary>Both sides are known: makes the plan and begins.</summary>
    public void Begin(PredictionSide own, PredictionSide peer, Instant now)
    {
        if (Plan is not null)
        {
            return;
        }

        Plan = PredictionPlanner.Plan(own, peer);
        if (Plan.Method == PredictionMethod.None || _questions is null || _own == Endpoint.None)
        {
            return;
        }

        _desk = new(_agent, _allowance, _sockets, _questions, _random, _events)
        {
            Plan = Plan,
            Local = own.Report!,
            Remote = peer.Report,
            Own = _own,
            Peer = _peer,
        };
        _agent.HoldsDetours = true;
        _agent.HoldsReflexive = peer.Class is PortClass.Draws or PortClass.Counts;
        _part = Part(_desk);
        _desk.Note($"Ports move: {Plan.Reason}. The odds of a direct path are {Plan.Odds:0.0 %}; it costs this side {Plan.Ports} ports and {Plan.Mappings} mappings at most.");
        _part.Advance(now);
    }

    /// <summary>One of the other side's candidates; the first that a server saw is the one to open towards.</summary>
    public void AddRemote(Candidate candidate, Instant now)
    {
        if (_peer != Endpoint.None || !candidate.Address.IsV4 || candidate.Type != CandidateType.ServerReflexive)
        {
            return;
        }

        UsePeer(candidate.Address, now);
    }

    /// <summary>The other side has no NAT: its own address is the one to open towards.</summary>
    public void UsePeer(Endpoint peer, Instant now)
    {
        _peer = _peer == Endpoint.None ? peer : _peer;
        if (_desk is not null)
        {
            _desk.Peer = _peer;
            _part?.Advance(now);
        }
    }

    public void HandleNotice(SignalPayload.Ports notice, Instant now) => _part?.HandleNotice(notice, now);

    /// <summary>True where it was an answer to a question; a check that found one of our spare sockets is only prepared for the agent.</summary>
    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (!_sockets.Holds(destination))
        {
            return false;
        }

        if (_questions!.HandleDatagram(datagram, source, destination))
        {
            _part?.Advance(now);
            return true;
        }

        if (_agent.IsGenuineCheck(datagram))
        {
            Adopt(destination);
            return false;
        }

        if (source.Address == _peer.Address && StunMessage.TryParse(datagram, out var message) == StunError.None && message.Class == StunClass.Indication)
        {
            Adopt(destination);
            _agent.Guess(destination, [source], GuessRhythm.Patient, now);
        }

        return true;
    }

    public void HandleDeadline(Instant now)
    {
        _questions?.HandleDeadline(now);
        _part?.Advance(now);
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        transmit = default;
        return _questions is not null && _questions.TryTransmit(buffer, out transmit);
    }

    public bool TryTakeEvent([NotNullWhen(true)] out PredictionEvent? happened) => _events.TryDequeue(out happened);

    /// <summary>There is a direct path, or the call is over: what was opened for this and is not used is closed.</summary>
    public void Stop()
    {
        _part = null;
        _questions?.Stop();
        _sockets.ReleaseAll();
        _agent.StopGuessing();
        _agent.HoldsDetours = _agent.HoldsReflexive = false;
    }

    private void Adopt(Endpoint socket)
    {
        _sockets.Adopt(socket);
        _agent.AddFanSocket(socket);
    }

    private IPredictionPart Part(PredictionDesk desk) => desk.Plan switch
    {
        { Method: PredictionMethod.Learn, Opens: true } => new LearnPart(desk, () => desk.Peer),
        { Method: PredictionMethod.Ladder, Opens: true } => new LadderOpenPart(desk),
        { Method: PredictionMethod.Ladder } => new LadderClimbPart(desk),
        { Method: PredictionMethod.FanOut, Opens: true } or { Method: PredictionMethod.FanToLearned, Opens: false } => new FanPart(desk),
        { Method: PredictionMethod.FanToLearned } => new LearnPart(desk, OneOfTheirs(desk)),
        { Method: PredictionMethod.Lottery } => new LotteryPart(desk),
        _ => new GuessPart(desk),
    };

    /// <summary>One port of the other side's range, the same in every round.</summary>
    private Func<Endpoint> OneOfTheirs(PredictionDesk desk)
    {
        var range = desk.Remote!.Ports;
        var port = RandomPorts.Of(range.BlockStart, range.BlockSize, 1, _random);
        return () => desk.Peer == Endpoint.None || port.Count == 0 ? Endpoint.None : desk.Peer with { Port = (ushort)port[0] };
    }
}

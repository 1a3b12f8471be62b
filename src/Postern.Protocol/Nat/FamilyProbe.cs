using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Protocol.Nat;

/// <summary>Measures one address family, stage by stage (<see cref="ProbeStage"/>).</summary>
internal sealed class FamilyProbe
{
    private static readonly TimeSpan ReachInterval = TimeSpan.FromMilliseconds(300); // silence here decides most, so it gets more time: 2.2 s
    private static readonly TimeSpan ReachGrace = TimeSpan.FromMilliseconds(700);
    private const int ReachCount = 6;
    private static readonly TimeSpan ShortestGrace = TimeSpan.FromMilliseconds(300);
    private const int PatientCount = 3; // of a pace that is slower already
    private static readonly TimeSpan SampleSpacing = TimeSpan.FromMilliseconds(5); // so that packets reach the NAT in their order

    private readonly NatProberOptions _options;
    private readonly Queue<NatEvent> _events;
    private readonly IpFamily _family;
    private readonly Endpoint[] _witnesses;
    private readonly ProbeExchanges _exchanges;
    private readonly ProbeFindings _findings;
    private readonly List<ProbeSocket> _sockets = [];
    private readonly Instant _start;
    private int _nextId;
    private int _stageSockets; // where the current stage's sockets begin
    private ProbeStage _stage;

    /// <param name="options">As the prober's.</param>
    /// <param name="random">For transaction ids.</param>
    /// <param name="events">The prober's queue.</param>
    /// <param name="servers">At least one server of this family.</param>
    /// <param name="firstId">The first number of a socket; its parity keeps two families apart, which count by two.</param>
    /// <param name="now">When measuring begins.</param>
    public FamilyProbe(NatProberOptions options, IRandom random, Queue<NatEvent> events, ReadOnlySpan<Endpoint> servers, int firstId, Instant now)
    {
        _options = options;
        _events = events;
        _family = servers[0].IsV4 ? IpFamily.V4 : IpFamily.V6;
        _findings = new(servers[0]);
        _witnesses = servers[1..].ToArray();
        _exchanges = new(random);
        _nextId = firstId;
        _start = now;
        Open(2);
    }

    public bool IsDone => _stage == ProbeStage.Done;

    public Instant NextDeadline => IsDone ? Instant.Never : Instant.Min(_exchanges.NextDeadline, Limit);

    private Instant Limit => _start + _options.Limit;

    private Endpoint Server => _findings.Server;

    /// <summary>False when the socket is none of this family's.</summary>
    public bool SocketSettled(int id, Endpoint local, Instant now)
    {
        var socket = _sockets.Find(s => s.Id == id && !s.IsSettled);
        socket?.Settle(local);
        if (socket is { IsOpen: true } && IsDone)
        {
            _events.Enqueue(new NatEvent.CloseSocket(id));
        }
        else if (socket is not null && !IsDone && _sockets.TrueForAll(s => s.IsSettled))
        {
            Begin(now);
        }

        return socket is not null;
    }

    public bool HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        if (!_exchanges.HandleDatagram(datagram, source, destination, now))
        {
            return false;
        }

        EndStageWhenIdle(now);
        return true;
    }

    public void HandleDeadline(Instant now)
    {
        if (IsDone)
        {
            return;
        }

        if (now >= Limit)
        {
            Finish(isTimeUp: true, now);
            return;
        }

        _exchanges.HandleDeadline(now);
        EndStageWhenIdle(now);
    }

    public bool TryTransmit(Span<byte> buffer, out Transmit transmit)
    {
        transmit = default;
        return !IsDone && _exchanges.TryTransmit(buffer, out transmit);
    }

    private void Open(int count)
    {
        for (; count > 0; count--, _nextId += 2)
        {
            _sockets.Add(new(_nextId));
            _events.Enqueue(new NatEvent.OpenSocket(_nextId, _family));
        }
    }

    private void EndStageWhenIdle(Instant now)
    {
        if (!IsDone && _exchanges.IsIdle && _sockets.TrueForAll(s => s.IsSettled))
        {
            Enter(Next(), now);
        }
    }

    private ProbeStage Next() => _stage switch
    {
        ProbeStage.Reach when !_findings.IsReached => ProbeStage.Done,
        ProbeStage.Sample when !NeedsSecondSamples() => ProbeStage.Done,
        _ => _stage + 1,
    };

    private void Enter(ProbeStage stage, Instant now)
    {
        _stage = stage;
        _stageSockets = stage == ProbeStage.SampleAgain ? _stageSockets : _sockets.Count;
        var sockets = stage switch
        {
            ProbeStage.Filter => (_findings.OtherPort != Endpoint.None ? 1 : 0) + (_findings.OtherAddress != Endpoint.None ? 1 : 0),
            ProbeStage.Sample => _options.Samples,
            _ => 0,
        };
        if (stage == ProbeStage.Done)
        {
            Finish(isTimeUp: false, now);
        }
        else if (sockets > 0)
        {
            Open(sockets);
        }
        else
        {
            Begin(now);
        }
    }

    private void Begin(Instant now)
    {
        switch (_stage)
        {
            case ProbeStage.Reach:
                Reach(now);
                break;
            case ProbeStage.Filter:
                Filter(now);
                Hairpin(now);
                break;
            case ProbeStage.Map:
                _findings.Mappings.AddRange(Targets().Select(target => Ask(_findings.First!.Source, target, now)));
                break;
            case ProbeStage.Sample:
                Sample(_findings.FirstSamples, 0, now);
                break;
            case ProbeStage.SampleAgain:
                Sample(_findings.SecondSamples, 1, now);
                break;
        }

        _exchanges.HandleDeadline(now);
        EndStageWhenIdle(now);
    }

    private void Reach(Instant now)
    {
        var pace = new ProbePace(ReachInterval, ReachCount, ReachGrace);
        var open = Fresh();
        _findings.First = open.Length > 0 ? _exchanges.Ask(open[0], Server, pace, now) : null;
        _findings.Neighbour = open.Length > 1 ? _exchanges.Ask(open[1], Server, pace, now) : null;
    }

    private void Filter(Instant now)
    {
        var fresh = Fresh();
        _findings.FilterPort = fresh.Length > 0 ? Ask(fresh[0], Server, now, ProbeExchange.ChangePort) : null;
        _findings.FilterBoth = fresh.Length > 1 ? Ask(fresh[1], Server, now, ProbeExchange.ChangeAddress | ProbeExchange.ChangePort) : null;
    }

    /// <summary>Each asks the other, and so opens for it; a port that means something else to others is not asked, though it is ours.</summary>
    private void Hairpin(Instant now)
    {
        if (_options.TriesHairpin && _findings is { IsTranslated: true, First: { } first, Neighbour: { IsAnswered: true } neighbour }
            && !UnwelcomePorts.Contains(first.Mapped.Port) && !UnwelcomePorts.Contains(neighbour.Mapped.Port))
        {
            _findings.Hairpins.Add(_exchanges.Ask(first.Source, neighbour.Mapped, Pace(), now, receiver: neighbour.Source));
            _findings.Hairpins.Add(_exchanges.Ask(neighbour.Source, first.Mapped, Pace(), now, receiver: first.Source));
        }
    }

    // The server's other endpoints, or, where it has no second address, other servers.
    private IEnumerable<Endpoint> Targets()
    {
        if (_findings.OtherPort != Endpoint.None)
        {
            yield return _findings.OtherPort;
        }

        if (_findings.OtherAddress != Endpoint.None)
        {
            yield return _findings.OtherAddress with { Port = Server.Port };
            yield return _findings.OtherAddress;
            yield break;
        }

        foreach (var witness in _witnesses)
        {
            yield return witness;
        }
    }

    // In an order in which inner ports do not rise, so that a constant offset and a step cannot be taken for each other.
    private void Sample(List<ProbeExchange> into, int turn, Instant now)
    {
        var targets = turn > 0 || IsDependent(MappingConclusion.Of(_findings)) ? _findings.Seen.Select(e => e.Destination).ToArray() : [Server];
        var fresh = Fresh();
        Endpoint[] order = [.. fresh.Where((_, i) => i % 2 == 0), .. fresh.Where((_, i) => i % 2 == 1)];
        for (var i = 0; i < order.Length; i++)
        {
            into.Add(Ask(order[i], turn == 0 ? targets[i % targets.Length] : Elsewhere(targets, _findings.FirstSamples[i].Destination, i), now + (i * SampleSpacing)));
        }
    }

    /// <summary>Mostly another address, which moves every mapping that depends on its target at all; each fourth time another port of the same one.</summary>
    private static Endpoint Elsewhere(Endpoint[] targets, Endpoint first, int turn)
    {
        var ports = targets.Where(target => target.Address == first.Address && target.Port != first.Port).ToArray();
        var others = targets.Where(target => target.Address != first.Address).ToArray();
        var choice = others.Length == 0 || (turn % 4 == 3 && ports.Length > 0) ? ports : others;
        return choice.Length == 0 ? first : choice[turn % choice.Length];
    }

    // Also where there are several outer addresses: by chance the first socket may have had the same one towards every target, and of four eight samples miss one in three times.
    private bool NeedsSecondSamples() =>
        _findings.Samples.Concat(_findings.Seen).Select(e => e.Mapped.Address).Distinct().Count() > 1
        || (ReportConclusion.Ports(_findings).Kind is PortRuleKind.Kept or PortRuleKind.Offset && IsDependent(MappingConclusion.Of(_findings))
            && _findings.Seen.Select(e => e.Mapped.Port).Distinct().Count() > 1);

    private static bool IsDependent(NatDependence mapping) =>
        mapping is NatDependence.AddressDependent or NatDependence.Dependent or NatDependence.AddressAndPortDependent;

    /// <summary>The open sockets that this stage asked for.</summary>
    private Endpoint[] Fresh() => [.. _sockets.Skip(_stageSockets).Where(s => s.IsOpen).Select(s => s.Local)];

    private ProbeExchange Ask(Endpoint socket, Endpoint target, Instant start, uint change = 0) =>
        _exchanges.Ask(socket, target, Pace(), start, change);

    private ProbePace Pace()
    {
        var patient = (_exchanges.RoundTrip ?? TimeSpan.Zero) * 1.5;
        var grace = patient > ShortestGrace ? patient : ShortestGrace;
        return _stage >= ProbeStage.Map && patient > _options.Rto ? new(patient, Math.Min(_options.Rc, PatientCount), grace) // a question that was repeated tells nothing of how ports move
            : new(_options.Rto, _options.Rc, grace);
    }

    private void Finish(bool isTimeUp, Instant now)
    {
        _stage = ProbeStage.Done;
        foreach (var socket in _sockets.Where(s => s.IsOpen))
        {
            _events.Enqueue(new NatEvent.CloseSocket(socket.Id));
        }

        _events.Enqueue(new NatEvent.Measured(ReportConclusion.Of(_findings, _family, _options.Network, isTimeUp) with
        {
            RoundTripMilliseconds = _exchanges.RoundTrip?.TotalMilliseconds ?? 0,
            TookMilliseconds = (now - _start).TotalMilliseconds,
            Sent = _exchanges.Sent,
        }));
    }
}

using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// Both NATs count: says where our counter stands, and once the other side has opened what lies ahead, steps up to it with
/// questions to the server and climbs into it, guess by guess.
/// </summary>
internal sealed class LadderClimbPart(PredictionDesk desk) : IPredictionPart
{
    private const int SocketsAhead = 32; // for a whole climb of most shapes

    /// <summary>A climb that nothing has answered by then has missed.</summary>
    private static readonly TimeSpan AnswerPatience = TimeSpan.FromMilliseconds(900);

    private CrossTraffic _told; // the shape of a climb is that of the counter that was told
    private PortQuestion? _look;
    private IReadOnlyList<OpenedPort> _rungs = [];
    private Instant _nextRound = Instant.Zero;
    private Instant _retryAt = Instant.Never;
    private int _rounds;
    private int _climbs; // one for each counter that was told
    private bool _waitsForSockets;

    public Instant NextDeadline => Instant.Min(_retryAt, _look is null && _rungs.Count == 0 && _rounds is > 0 and < PredictionPlanner.LadderRounds && !_waitsForSockets ? _nextRound : Instant.Never);

    public bool IsDone => _climbs >= PredictionPlanner.LadderRounds && _rungs.Count == 0;

    private int Step => desk.Local.Ports.Delta;

    private LadderShape Shape => LadderShape.Between(desk.Sides.Peer, desk.Sides.Own, _told);

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        if (notice.Opened.Count > 0 && _climbs++ < _rounds && notice.Opened.All(opened => desk.IsTheirs(opened.Address)))
        {
            _rungs = notice.Opened;
            (_look, _retryAt) = (null, Instant.Never);
            Advance(now);
        }
    }

    public void Advance(Instant now)
    {
        if (_rungs.Count > 0)
        {
            Climb(now);
        }
        else if (now >= _nextRound && _rounds < PredictionPlanner.LadderRounds)
        {
            TellCounter(now);
        }
    }

    private void TellCounter(Instant now)
    {
        if (_look is null or { IsGivenUp: true } && !TryLook(SocketsAhead, now))
        {
            return;
        }

        if (_look is { IsAnswered: true, Mapped: var last })
        {
            _look = null;
            _rounds++;
            _told = desk.CrossTraffic.Round();
            var opening = Shape.Rungs * desk.Sides.Peer.Limits.Spacing; // the other side's purse counts from the last rung
            _nextRound = now + Later(desk.RoundTime + opening, AnswerPatience);
            desk.Note($"Other hosts take {_told.PerSecond:0.#} ± {_told.Deviation:0.#} ports of our router's a second.");
            desk.Tell([], new(last.ToString(), Step, _told.PerSecond, _told.Deviation));
            desk.Reconsider(_told, now);
        }
    }

    private void Climb(Instant now)
    {
        var shape = Shape;
        if (_look is null or { IsGivenUp: true } && (_retryAt == Instant.Never || now >= _retryAt))
        {
            _retryAt = Instant.Never;
            TryLook(shape.Lead + 1, now);
        }

        if (_look is not { IsAnswered: true })
        {
            return;
        }

        var ahead = ((Endpoint.Parse(_rungs[0].At).Port - _look.Mapped.Port) / Step) - 1; // mappings between our next one and the lowest rung
        var steps = Math.Max(0, ahead - shape.FirstDrift);
        var lowest = Math.Max(0, shape.FirstDrift - ahead);
        var targets = Targets(lowest, shape.Stride).Take(shape.Guesses).TakeWhile(target => !UnwelcomePorts.Contains(target.Port)).ToArray(); // one left out would shift all behind it
        if (targets.Length == 0 || steps > Math.Min(shape.Lead, desk.Sockets.Fresh)) // the plan's price, whatever the other side says
        {
            desk.Note($"Our counter is {(targets.Length == 0 ? "past" : "too far from")} the ports that the other side has opened.");
            (_rungs, _look) = ([], null);
            return;
        }

        if (!desk.Allowance.TrySpend(targets[0], now, out var retryAt))
        {
            (_look, _retryAt) = (null, retryAt); // by then the counter will have moved: look again
            return;
        }

        if (!desk.TryPay(steps, now))
        {
            desk.Note("The budget has no mappings left for the steps up to the ports that the other side has opened.");
            (_rungs, _look) = ([], null);
            return;
        }

        for (var i = 0; i < steps; i++)
        {
            desk.Questions.TryAsk(now);
        }

        desk.Note($"Stepped {steps} ports up and climbs into the other side's {_rungs.Count} holes.");
        desk.Agent.Guess(desk.Own, targets, GuessRhythm.Patient, now);
        (_rungs, _look) = ([], null);
        _nextRound = Instant.Max(_nextRound, now + AnswerPatience);
    }

    private IEnumerable<Endpoint> Targets(int lowest, int stride)
    {
        for (var rung = lowest; rung < _rungs.Count; rung += stride)
        {
            yield return new(IpAddress.Parse(_rungs[rung].Address), (ushort)_rungs[rung].Ports[0]);
        }
    }

    private bool TryLook(int sockets, Instant now)
    {
        _waitsForSockets = desk.Sockets.Fresh < sockets;
        if (_waitsForSockets)
        {
            desk.Sockets.Want(sockets, desk.Own);
            return false;
        }

        if (!desk.TryPay(1, now))
        {
            _rounds = PredictionPlanner.LadderRounds; // there will be nothing within this call
            return false;
        }

        _look = desk.Questions.TryAsk(now);
        return _look is not null;
    }

    private static TimeSpan Later(TimeSpan a, TimeSpan b) => a > b ? a : b;
}

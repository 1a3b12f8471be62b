using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Both NATs count: opens the ports that the other side's counter is about to reach, and tells for each which of ours it got.</summary>
internal sealed class LadderOpenPart(PredictionDesk desk) : IPredictionPart
{
    private PortOpener? _opener;
    private SignalPayload.Ports? _waiting;
    private int _rounds;

    public Instant NextDeadline => _opener?.NextDeadline ?? Instant.Never;

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        if (notice.Counter is { } counter && _rounds < PredictionPlanner.LadderRounds && desk.IsTheirs($"{Endpoint.Parse(counter.Last).Address}"))
        {
            _waiting = desk.Reconsider(new(counter.PerSecond, counter.Deviation), now) ? notice : null;
            Advance(now);
        }
    }

    public void Advance(Instant now)
    {
        if (_waiting?.Counter is { } counter)
        {
            Begin(counter, now);
        }

        _opener?.Advance(now);
        if (_opener is { IsDone: true } done)
        {
            _opener = null;
            var opened = done.Opened();
            desk.Note($"Opened {opened.Count} ports ahead of the other side's counter, and told which of ours they got.");
            desk.LearntAfter ??= now - done.StartedAt;
            desk.Tell(opened);
        }
    }

    private void Begin(PortCounter counter, Instant now)
    {
        var shape = LadderShape.Between(desk.Sides.Own, desk.Sides.Peer, new(counter.PerSecond, counter.Deviation));
        var wanted = shape.Rungs + 2; // the punching socket, a question behind each, one before
        if (desk.Sockets.Fresh < wanted)
        {
            desk.Sockets.Want(wanted, desk.Own);
            return;
        }

        _waiting = null;
        if (desk.TryPay(shape.OpeningMappings, now) && desk.Sockets.TryTake(out var socket))
        {
            _rounds++;
            _opener = new(socket, Rungs(Endpoint.Parse(counter.Last), counter.Step, shape), desk.Local.Ports.Delta, desk.Questions, desk.Allowance, now);
        }
    }

    private static IEnumerable<Endpoint> Rungs(Endpoint last, int step, LadderShape shape) =>
        Enumerable.Range(1, shape.Rungs).Select(rung => last.Port + (step * (shape.Lead + rung)))
            .Where(port => !UnwelcomePorts.Contains(port)).Select(port => last with { Port = (ushort)port });
}

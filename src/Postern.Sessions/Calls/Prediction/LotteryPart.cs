using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Both NATs draw from small ranges: asks ports of the other's, each of which takes one of ours; where both ends were drawn for each other, they meet.</summary>
internal sealed class LotteryPart(PredictionDesk desk) : IPredictionPart
{
    private bool _isDrawn;

    public Instant NextDeadline => Instant.Never;

    public void Advance(Instant now)
    {
        if (_isDrawn || desk.Peer == Endpoint.None)
        {
            return;
        }

        _isDrawn = true;
        var range = desk.Remote!.Ports;
        var ports = desk.AtTheirs(RandomPorts.Of(range.BlockStart, range.BlockSize, desk.Plan.Ports, desk.Random)).Take(desk.Plan.Ports).ToArray();
        desk.Note($"Asks {ports.Length} of the other side's {range.BlockSize * desk.Theirs.Count} ports, while it asks ours.");
        desk.Agent.Guess(desk.Own, ports, GuessRhythm.Once, now);
    }

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        // neither side learns its own ports
    }
}

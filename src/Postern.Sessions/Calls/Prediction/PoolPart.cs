using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// Our NAT takes another of its addresses for each destination: our ordinary checks open it, and the other side asks all of them. A peer
/// that is no Postern asks what it is told.
/// </summary>
internal sealed class PoolPart(PredictionDesk desk) : IPredictionPart
{
    private bool _isTold = desk.Remote is not null; // the report that the other side has says it all

    public Instant NextDeadline => Instant.Never;

    public void Advance(Instant now)
    {
        if (_isTold)
        {
            return;
        }

        _isTold = true;
        var port = (ushort)(desk.Own.Port + desk.Local.Ports.Delta);
        foreach (var (address, rank) in desk.Ours.Known.Select((address, rank) => (address, rank)))
        {
            desk.Foreign.Add(Candidate.Predicted(new(address, port), desk.Own, rank));
        }
    }

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        // there is nothing to learn
    }
}

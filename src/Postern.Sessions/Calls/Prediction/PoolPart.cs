using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// A NAT takes another of its addresses for each destination: whoever is towards it asks, and so opens its own filter towards, all of
/// them. The ordinary checks of the side behind it do the rest.
/// </summary>
internal sealed class PoolPart(PredictionDesk desk) : IPredictionPart
{
    private bool _isDone;

    public Instant NextDeadline => Instant.Never;

    public bool IsDone => _isDone && desk.Theirs.Count > 1;

    public void Advance(Instant now)
    {
        if (_isDone || (desk.Remote is not null && desk.Peer == Endpoint.None))
        {
            return;
        }

        _isDone = true;
        if (desk.Remote is null)
        {
            Tell();
        }
        else if (desk.Theirs.Count > 1)
        {
            desk.Note($"Asks the other side's port {desk.Peer.Port} at each of {desk.Theirs.Known.Count} addresses.");
            desk.Agent.Guess(desk.Own, desk.AtTheirs([desk.Peer.Port]), GuessRhythm.Patient, now);
        }
    }

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        // there is nothing to learn: the reports say it all
    }

    /// <summary>A peer that is no Postern asks what it is told.</summary>
    private void Tell()
    {
        var port = (ushort)(desk.Own.Port + desk.Local.Ports.Delta);
        foreach (var (address, rank) in desk.Ours.Known.Select((address, rank) => (address, rank)))
        {
            desk.Foreign.Add(Candidate.Predicted(new(address, port), desk.Own, rank));
        }
    }
}

using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// The reports say all that there is to know of the other side's ports and addresses: asks, at each of its addresses, and so opens our
/// own filter towards them. Where its port stays one question finds it there; where both NATs draw from small ranges, each question
/// takes a port of ours, and where both ends were drawn for each other, they meet.
/// </summary>
/// <param name="desk">What all parts work with.</param>
/// <param name="range">How many ports may be the one.</param>
/// <param name="draw">Those of them that are asked.</param>
/// <param name="rhythm">How they are asked.</param>
internal sealed class AskPart(PredictionDesk desk, int range, Func<IEnumerable<int>> draw, GuessRhythm rhythm) : IPredictionPart
{
    public Instant NextDeadline => Instant.Never;

    public bool IsDone { get; private set; }

    public void Advance(Instant now)
    {
        if (IsDone || desk.Peer == Endpoint.None)
        {
            return;
        }

        IsDone = true;
        var asked = desk.AtTheirs(draw()).Take(desk.Plan.Ports).ToArray();
        desk.Note($"Asks {asked.Length} of the {range * desk.Theirs.Count} endpoints that the other side may have.");
        desk.Agent.Guess(desk.Own, asked, rhythm, now);
    }

    public void HandleNotice(SignalPayload.Ports notice, Instant now)
    {
        // there is nothing to learn
    }
}

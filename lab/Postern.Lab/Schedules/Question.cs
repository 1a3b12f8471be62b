using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>One question to one server: from which endpoint do you see this socket?</summary>
internal sealed class Question(Party party, Endpoint socket, int serverNumber, bool elsewhere)
{
    private readonly Endpoint _server = party.Server.Endpoints[serverNumber];

    /// <summary>What it has heard; null before.</summary>
    public Endpoint? Mapped { get; private set; }

    /// <summary>Sends it, or sends it again.</summary>
    public void Send() => party.Send(new(elsewhere ? Word.AskElsewhere : Word.Ask, (byte)serverNumber), socket, _server);

    /// <summary>Waits for the answer, and sends it again now and then.</summary>
    public IEnumerable<Pause> Wait(double seconds)
    {
        var end = party.World.Now + TimeSpan.FromSeconds(seconds);
        while (Mapped is null && party.World.Now < end)
        {
            yield return new(Repeat, () => Mapped is not null);
            if (Mapped is null)
            {
                Send();
            }
        }
    }

    public void Take(Letter letter, Endpoint source)
    {
        if (elsewhere == (source != _server))
        {
            Mapped = letter.Seen;
        }
    }

    private static readonly TimeSpan Repeat = TimeSpan.FromMilliseconds(500); // RFC 8489 §6.2.1
}

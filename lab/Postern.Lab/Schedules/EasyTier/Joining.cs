using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.EasyTier;

/// <summary>Makes a session from a socket: says hello until there is an answer (socket/udp/layer.rs).</summary>
internal sealed class Joining(ScheduleWorld world, Party party)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);
    private static readonly Pause BetweenTries = Pause.Milliseconds(200);

    private Endpoint? _socket;

    /// <summary>Ends with the world, or in vain.</summary>
    public IEnumerable<Pause> Join(Endpoint socket, Endpoint target)
    {
        _socket = socket;
        var end = party.World.Now + Patience;
        while (party.World.Now < end)
        {
            party.Send(new(Word.Hello), socket, target);
            yield return BetweenTries;
        }

        _socket = null;
    }

    /// <summary>Hears what comes to the socket: an answer, or a probe, to which a hello goes at once.</summary>
    public void Hear(Letter letter, Endpoint source, Endpoint socket)
    {
        if (socket == _socket && letter.Word == Word.Answer)
        {
            world.Reach();
        }
        else if (socket == _socket && letter.Word == Word.Probe)
        {
            party.Send(new(Word.Hello), socket, source);
        }
    }
}

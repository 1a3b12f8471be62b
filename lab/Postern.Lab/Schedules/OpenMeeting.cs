using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>A side reaches one that is open to all: no product has to punch there.</summary>
internal sealed class OpenMeeting(ScheduleWorld world, Party closed, Party open)
{
    private static readonly Pause BetweenTries = Pause.Seconds(1);

    public IEnumerable<Pause> Connect()
    {
        var target = open.Open(Answer);
        var socket = closed.Open(Hear);
        while (true)
        {
            closed.Send(new(Word.Hello), socket, target);
            yield return BetweenTries;
        }
    }

    private void Answer(Letter letter, Endpoint source, Endpoint socket) => open.Send(new(Word.Answer), socket, source);

    private void Hear(Letter letter, Endpoint source, Endpoint socket)
    {
        if (letter.Word == Word.Answer)
        {
            world.Reach();
        }
    }
}

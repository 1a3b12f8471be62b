using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>Asks whether strangers reach a side and no box changes its endpoint: then nothing has to be punched.</summary>
internal sealed class OpenSurvey
{
    public static readonly Pause Patience = Pause.Seconds(1);

    private readonly Endpoint _socket;
    private readonly Question[] _questions;

    public OpenSurvey(Party party)
    {
        _socket = party.Open((_, _, _) => { });
        _questions = [.. Enumerable.Repeat(0, 3).Select(server => party.Ask(_socket, server, elsewhere: true))]; // lest a lost packet decides
    }

    public bool IsOpen => _questions.Any(question => question.Mapped == _socket);
}

using Postern.Lab.Boxes;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>One side: a computer behind its boxes, its scripts and sockets, and a tally of what it sends.</summary>
internal sealed class Party(IReadOnlyList<FirewallBox> guarded, Computer computer, AskedServer server)
{
    private readonly List<Script> _scripts = [];
    private readonly Dictionary<(Endpoint Socket, Endpoint Server), List<Question>> _questions = [];

    /// <summary>How often each guard of its home has raised the alarm; those that kept silent are left out.</summary>
    public IReadOnlyDictionary<string, int> Alarms =>
        guarded.SelectMany(box => box.AlarmsByGuard).Where(guard => guard.Alarms > 0).ToDictionary(guard => guard.Guard, guard => guard.Alarms);

    public IpAddress Address => computer.Addresses[0];

    public World World => computer.World;

    public AskedServer Server => server;

    public PartyTally Tally { get; private set; } = new(server.Addresses);

    public void Run(IEnumerable<Pause> steps)
    {
        var script = new Script(World, steps);
        _scripts.Add(script);
        computer.Run(script);
    }

    /// <summary>Ends all that it does; its sockets stay.</summary>
    public void Stop()
    {
        _scripts.ForEach(computer.Stop);
        _scripts.Clear();
    }

    /// <summary>What it has sent so far does not count.</summary>
    public void Forget() => Tally = new(server.Addresses);

    public Endpoint Open(LetterHandler handler)
    {
        Tally.Sockets++;
        return computer.Bind(Address, (datagram, source, local) =>
        {
            var letter = Letter.Read(datagram);
            if (letter.Word == Word.Told && _questions.TryGetValue((local, server.Endpoints[letter.Attempt]), out var questions))
            {
                questions.ForEach(question => question.Take(letter, source));
            }

            handler(letter, source, local);
            Look();
        });
    }

    public void Close(Endpoint socket) => computer.Close(socket);

    public void Send(Letter letter, Endpoint socket, Endpoint destination, byte timeToLive = 0)
    {
        Tally.Count(socket, destination);
        computer.Send(letter.Write(), socket, destination, timeToLive);
    }

    /// <summary>Asks a server how it sees a socket; the question repeats itself when told to.</summary>
    public Question Ask(Endpoint socket, int serverNumber, bool elsewhere = false)
    {
        var question = new Question(this, socket, serverNumber, elsewhere);
        var key = (socket, server.Endpoints[serverNumber]);
        _questions.TryAdd(key, []);
        _questions[key].Add(question);
        question.Send();
        return question;
    }

    /// <summary>Something has happened: each script sees whether it has waited for this.</summary>
    public void Look()
    {
        foreach (var script in _scripts.ToArray())
        {
            script.Look();
            if (script.IsOver)
            {
                _scripts.Remove(script);
                computer.Stop(script);
            }
        }
    }
}

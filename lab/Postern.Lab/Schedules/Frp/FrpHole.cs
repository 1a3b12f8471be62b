using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.Frp;

/// <summary>One side makes its hole (frp, pkg/nathole/nathole.go).</summary>
internal sealed class FrpHole
{
    private const int FirstRandomPort = 1024;
    private const int BeyondRandomPorts = 65535; // so that the highest port is never guessed
    private static readonly Pause BetweenNearPorts = Pause.Milliseconds(2);
    private static readonly Pause BetweenRandomPorts = Pause.Milliseconds(15);

    private readonly ScheduleWorld _world;
    private readonly Party _party;
    private readonly byte _attempt;
    private readonly FrpSurvey _survey;
    private readonly HashSet<Endpoint> _answered = [];
    private readonly List<Endpoint> _sockets;
    private FrpRole? _role;

    public FrpHole(ScheduleWorld world, Party party, byte attempt)
    {
        (_world, _party, _attempt) = (world, party, attempt);
        _survey = new(party, Take);
        _sockets = [_survey.Socket];
    }

    public FrpSurvey Survey => _survey;

    /// <summary>Does its move, then waits to the end of its patience: with an answer the world ends before.</summary>
    public IEnumerable<Pause> Make(FrpTask task)
    {
        _role = task.Move.Role;
        yield return new(task.Move.Delay);
        Open(task);
        foreach (var socket in _sockets)
        {
            foreach (var target in Everywhere(task, task.Range()))
            {
                Send(task, socket, target);
                yield return BetweenNearPorts;
            }
        }

        var end = _party.World.Now + task.Patience;
        foreach (var target in Everywhere(task, RandomPorts(task.Move.RandomPorts)))
        {
            Send(task, _survey.Socket, target);
            yield return BetweenRandomPorts;
        }

        if (_party.World.Now < end)
        {
            yield return new(end - _party.World.Now);
        }

        Close();
    }

    public void Close() => _sockets.ForEach(_party.Close);

    private void Open(FrpTask task)
    {
        for (var i = 0; i < task.Move.Listens; i++)
        {
            _sockets.Add(_party.Open(Take));
        }

        Endpoint[] targets = task.Move.Role == FrpRole.Sender ? [task.Inner, .. task.Candidates] : task.Move.Range == 0 ? [.. task.Candidates] : [];
        foreach (var target in targets)
        {
            _sockets.ForEach(socket => Send(task, socket, target));
        }
    }

    /// <summary>These ports at each of the other side's addresses.</summary>
    private static IEnumerable<Endpoint> Everywhere(FrpTask task, IEnumerable<ushort> ports)
    {
        IpAddress[] addresses = [.. task.Candidates.Select(candidate => candidate.Address).Distinct()];
        return ports.SelectMany(port => addresses.Select(address => new Endpoint(address, port)));
    }

    private IEnumerable<ushort> RandomPorts(int count)
    {
        var used = new HashSet<int>();
        while (used.Count < count)
        {
            if (_party.World.Random.Next(FirstRandomPort, BeyondRandomPorts) is var port && used.Add(port))
            {
                yield return (ushort)port;
            }
        }
    }

    private void Send(FrpTask task, Endpoint socket, Endpoint target) => _party.Send(new(Word.Probe, _attempt), socket, target, task.Move.TimeToLive);

    // A receiver answers the first probe at each socket; a sender waits for an answer and heeds nothing else.
    private void Take(Letter letter, Endpoint source, Endpoint socket)
    {
        if (letter.Attempt != _attempt)
        {
            return;
        }

        if (_role == FrpRole.Receiver && letter.Word == Word.Probe && _answered.Add(socket))
        {
            _party.Send(new(Word.Answer, _attempt), socket, source);
        }
        else if (_role == FrpRole.Sender && letter.Word == Word.Answer)
        {
            _world.Reach();
        }
    }
}

using Postern.Protocol.Net;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>Sockets beside the call's own: for questions that take a fresh port, for punching anew, for a fan-out. A mapping is made only where one is used.</summary>
internal sealed class SpareSockets
{
    private readonly Queue<Endpoint> _fresh = new();
    private readonly HashSet<Endpoint> _held = [];
    private readonly Queue<PredictionEvent> _events;

    public SpareSockets(Queue<PredictionEvent> events) => _events = events;

    /// <summary>Not used yet.</summary>
    public int Fresh => _fresh.Count;

    /// <summary>Asked for and not here yet.</summary>
    public int Awaited { get; private set; }

    /// <summary>The system gave fewer than were asked for: it is not asked again.</summary>
    public bool IsExhausted { get; private set; }

    public bool Holds(Endpoint socket) => _held.Contains(socket);

    /// <summary>Sees to it that so many fresh ones will be there.</summary>
    public void Want(int count, Endpoint like)
    {
        if (count > Fresh && Awaited == 0 && !IsExhausted)
        {
            Awaited = count - Fresh;
            _events.Enqueue(new PredictionEvent.SocketsWanted(Awaited, like.Address));
        }
    }

    /// <summary>The system has opened what was asked for, or as many of them as it would.</summary>
    public void Add(IEnumerable<Endpoint> sockets)
    {
        foreach (var socket in sockets)
        {
            _held.Add(socket);
            _fresh.Enqueue(socket);
            Awaited--;
        }

        IsExhausted |= Awaited > 0;
        Awaited = 0;
    }

    public bool TryTake(out Endpoint socket) => _fresh.TryDequeue(out socket);

    /// <summary>It has become one of the call's own.</summary>
    public void Adopt(Endpoint socket) => _held.Remove(socket);

    public void Release(Endpoint socket)
    {
        if (_held.Remove(socket))
        {
            _events.Enqueue(new PredictionEvent.SocketDone(socket));
        }
    }

    public void ReleaseAll()
    {
        _fresh.Clear();
        foreach (var socket in _held)
        {
            _events.Enqueue(new PredictionEvent.SocketDone(socket));
        }

        _held.Clear();
    }
}

using System.Text;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Client;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Switching.Server;
using Postern.Tests.Kit;

namespace Postern.Tests.Switching;

/// <summary>A switchboard and clients in virtual time: streams with a delay that can be cut, a switchboard that can be killed.</summary>
internal sealed class SwitchboardWorld : IDisposable
{
    private static readonly TimeSpan Delay = TimeSpan.FromMilliseconds(20);

    private readonly PriorityQueue<Action, (long At, long Order)> _future = new();
    private readonly Dictionary<ConnectionId, Stream> _streams = [];
    private readonly PeerIdentity _serverIdentity = PeerIdentity.Create();
    private readonly Dictionary<string, string> _storage = [];
    private long _order;
    private long _connections;

    public SwitchboardWorld(ulong seed = 1)
    {
        Random = new SeededRandom(seed);
        StartServer();
    }

    public SeededRandom Random { get; }

    public Instant Now { get; private set; } = Instant.FromMilliseconds(5000);

    public Switchboard? Server { get; private set; }

    public List<WorldPeer> Peers { get; } = [];

    public WorldPeer Add(string name, PeerIdentity? identity = null, Func<SwitchboardClientOptions, SwitchboardClientOptions>? change = null)
    {
        var options = new SwitchboardClientOptions { Name = name, Host = "switch.example" };
        var peer = new WorldPeer(new SwitchboardClient(change?.Invoke(options) ?? options, identity ?? PeerIdentity.Create(), Random));
        Peers.Add(peer);
        peer.Client.Start(Now);
        Drain(peer);
        return peer;
    }

    public void Do(WorldPeer peer, Action<SwitchboardClient> command)
    {
        command(peer.Client);
        Drain(peer);
    }

    public void KillServer()
    {
        Server = null;
        foreach (var connection in _streams.Keys.ToArray())
        {
            Cut(connection);
        }
    }

    public void StartServer()
    {
        Server = new Switchboard(new SwitchboardOptions(), _serverIdentity, Random, (_, _) => SwitchboardDialogue.Grant, Now);
        foreach (var (name, key) in _storage)
        {
            Server.Load(name, key);
        }
    }

    /// <summary>The peer's stream breaks: what is on its way is lost, and each end notices in its own time.</summary>
    public void Cut(WorldPeer peer)
    {
        foreach (var (connection, _) in _streams.Where(entry => entry.Value.Peer == peer).ToArray())
        {
            Cut(connection);
        }
    }

    public void Run(double seconds)
    {
        var until = Now + TimeSpan.FromSeconds(seconds);
        while (true)
        {
            var next = Peers.Aggregate(Server?.NextDeadline ?? Instant.Never, (soonest, peer) => Instant.Min(soonest, peer.Client.NextDeadline));
            next = _future.TryPeek(out _, out var due) ? Instant.Min(next, new(due.At)) : next;
            if (next > until)
            {
                Now = until;
                return;
            }

            Now = Instant.Max(Now, next);
            Step();
        }
    }

    public void Dispose() => _serverIdentity.Dispose();

    private void Step()
    {
        if (_future.TryPeek(out var action, out var due) && due.At <= Now.Ticks)
        {
            _future.Dequeue();
            action();
        }

        Server?.HandleDeadline(Now);
        DrainServer();
        foreach (var peer in Peers)
        {
            peer.Client.HandleDeadline(Now);
            Drain(peer);
        }
    }

    private void Drain(WorldPeer peer)
    {
        while (peer.Client.TryTakeFrame(out var frame))
        {
            var connection = peer.Connection;
            var order = Encoding.UTF8.GetString(frame.Span);
            if (_streams.TryGetValue(connection, out var stream))
            {
                stream.After(this, () => Server?.HandleFrame(connection, Encoding.UTF8.GetBytes(order), Now));
            }
        }

        while (peer.Client.TryTakeEvent(out var happened))
        {
            switch (happened)
            {
                case SwitchboardClientEvent.OpenStream open:
                    Open(peer, open.Stream);
                    break;
                case SwitchboardClientEvent.CloseStream:
                    Cut(peer);
                    break;
                default:
                    peer.Events.Add((Now, happened));
                    break;
            }
        }
    }

    private void Open(WorldPeer peer, long number)
    {
        if (Server is null)
        {
            After(Delay, () => Report(peer, client => client.HandleClosed(number, null, Now)));
            return;
        }

        var connection = new ConnectionId(++_connections);
        var stream = new Stream(peer, number);
        peer.Connection = connection;
        _streams.Add(connection, stream);
        stream.After(this, () =>
        {
            Server?.HandleOpened(connection, Endpoint.Parse("192.0.2.1:1"), Now);
            stream.After(this, () => Report(peer, client => client.HandleOpened(number, Now)));
        });
    }

    private void Cut(ConnectionId connection)
    {
        if (_streams.Remove(connection, out var stream))
        {
            stream.IsCut = true;
            After(TimeSpan.FromMilliseconds(Random.NextUInt32() % 100), () => Server?.HandleClosed(connection, Now));
            After(TimeSpan.FromMilliseconds(Random.NextUInt32() % 100), () => Report(stream.Peer, client => client.HandleClosed(stream.Number, null, Now)));
        }
    }

    private void Report(WorldPeer peer, Action<SwitchboardClient> report) => Do(peer, report);

    private void DrainServer()
    {
        while (Server is not null && Server.TryTakeEvent(out var happened))
        {
            if (happened is SwitchboardEvent.NameClaimed claimed)
            {
                _storage[claimed.Name] = claimed.Key;
            }
        }

        while (Server is not null && Server.TryTakeFrame(out var frame))
        {
            if (_streams.TryGetValue(frame.Connection, out var stream))
            {
                stream.After(this, () => Report(stream.Peer, client => client.HandleFrame(stream.Number, frame.Utf8.Span, Now)));
                if (frame.ThenClose)
                {
                    stream.After(this, () => Cut(frame.Connection));
                }
            }
        }
    }

    private void After(TimeSpan delay, Action action) => _future.Enqueue(action, ((Now + delay).Ticks, _order++));

    private sealed class Stream(WorldPeer peer, long number)
    {
        public WorldPeer Peer { get; } = peer;

        public long Number { get; } = number;

        public bool IsCut { get; set; }

        public void After(SwitchboardWorld world, Action action) => world.After(Delay, () =>
        {
            if (!IsCut)
            {
                action();
            }
        });
    }
}

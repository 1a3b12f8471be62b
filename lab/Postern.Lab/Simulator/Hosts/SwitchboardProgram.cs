using Postern.Protocol.Net;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Switching.Server;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>The production switchboard on a computer, over TCP. Names and keys outlive it in <see cref="Storage"/>.</summary>
public sealed class SwitchboardProgram : IProgram
{
    private readonly Computer _computer;
    private readonly Dictionary<ConnectionId, FrameStream> _streams = [];
    private long _connections;

    /// <param name="computer">Where it runs.</param>
    /// <param name="listen">Where it is dialled.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="identity">The server's key.</param>
    /// <param name="storage">Names and their keys.</param>
    /// <param name="mint">Makes TURN credentials.</param>
    public SwitchboardProgram(
        Computer computer, IReadOnlyList<Endpoint> listen, SwitchboardOptions options, PeerIdentity identity, IDictionary<string, string> storage, MintTurn mint)
    {
        (_computer, Storage) = (computer, storage);
        Switchboard = new(options, identity, computer.World.Random, mint, computer.World.Now);
        foreach (var (name, key) in storage)
        {
            Switchboard.Load(name, key);
        }

        foreach (var endpoint in listen)
        {
            computer.Listen(endpoint, Accept);
        }

        computer.Run(this);
    }

    public Switchboard Switchboard { get; }

    public IDictionary<string, string> Storage { get; }

    public Instant NextDeadline => Switchboard.NextDeadline;

    public void HandleDeadline(Instant now)
    {
        Switchboard.HandleDeadline(now);
        Drain();
    }

    private void Accept(TcpConnection connection)
    {
        var id = new ConnectionId(++_connections);
        var stream = new FrameStream(_computer)
        {
            Opened = opened => Touch(() => Switchboard.HandleOpened(id, opened.Connection!.Remote, _computer.World.Now)),
            Received = (_, frame) => Touch(() => Switchboard.HandleFrame(id, frame, _computer.World.Now)),
            Closed = _ => Touch(() =>
            {
                _streams.Remove(id);
                Switchboard.HandleClosed(id, _computer.World.Now);
            }),
        };
        stream.Adopt(connection);
        _streams.Add(id, stream);
    }

    private void Touch(Action action)
    {
        action();
        Drain();
    }

    private void Drain()
    {
        while (Switchboard.TryTakeEvent(out var happened))
        {
            if (happened is SwitchboardEvent.NameClaimed claimed)
            {
                Storage[claimed.Name] = claimed.Key;
            }
        }

        while (Switchboard.TryTakeFrame(out var frame))
        {
            if (_streams.TryGetValue(frame.Connection, out var stream))
            {
                if (frame.Utf8.Length > 0)
                {
                    stream.Send(frame.Utf8.Span);
                }

                if (frame.ThenClose)
                {
                    // after the bytes, which TCP would otherwise throw away with the connection
                    _computer.World.At(TimeSpan.FromSeconds(1), stream.Close);
                }
            }
        }
    }
}

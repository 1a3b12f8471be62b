using Postern.Protocol.Net;
using Postern.Protocol.Switching.Identity;
using Postern.Protocol.Switching.Server;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>The production switchboard on a computer, over TCP. Names and keys outlive it in <see cref="Storage"/>.</summary>
public sealed class SwitchboardProgram : IProgram
{
    /// <summary>The first frame of a connection that is meant for the relay, as its path is in a real one.</summary>
    public static readonly byte[] RelayGreeting = [.. "GET /relay"u8];

    private readonly Computer _computer;
    private readonly RelayProgram? _relay;
    private readonly Dictionary<ConnectionId, FrameStream> _streams = [];
    private long _connections;

    /// <param name="computer">Where it runs.</param>
    /// <param name="listen">Where it is dialled.</param>
    /// <param name="options">Its limits.</param>
    /// <param name="identity">The server's key.</param>
    /// <param name="storage">Names and their keys.</param>
    /// <param name="mint">Makes TURN credentials.</param>
    /// <param name="relay">Serves connections that are meant for it; null where there is none.</param>
    public SwitchboardProgram(
        Computer computer, IReadOnlyList<Endpoint> listen, SwitchboardOptions options, PeerIdentity identity, IDictionary<string, string> storage, MintTurn mint, RelayProgram? relay = null)
    {
        (_computer, Storage, _relay) = (computer, storage, relay);
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

    /// <summary>What a connection is for is known with its first frame.</summary>
    private void Accept(TcpConnection connection) => new FrameStream(_computer)
    {
        Opened = _ => { },
        Received = (stream, frame) =>
        {
            if (_relay is not null && frame.AsSpan().SequenceEqual(RelayGreeting))
            {
                _relay.Serve(stream);
            }
            else
            {
                Serve(stream);
                stream.Received(stream, frame);
            }
        },
        Closed = _ => { },
    }.Adopt(connection);

    private void Serve(FrameStream stream)
    {
        var id = new ConnectionId(++_connections);
        stream.Received = (_, frame) => Touch(() => Switchboard.HandleFrame(id, frame, _computer.World.Now));
        stream.Closed = _ => Touch(() =>
        {
            _streams.Remove(id);
            Switchboard.HandleClosed(id, _computer.World.Now);
        });
        _streams.Add(id, stream);
        Touch(() => Switchboard.HandleOpened(id, stream.Connection!.Remote, _computer.World.Now));
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

using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Protocol.Switching.Identity;
using Postern.Sessions.Calls;
using Postern.Sessions.Dtls;
using Postern.Sessions.Sctp;

namespace Postern.Tests.Calls;

/// <summary>One computer with one call, in the world; its signals reach the other side after half a signalling round trip.</summary>
internal sealed class PeerNode : INode, IDisposable
{
    private readonly World _world;
    private readonly Site _site;
    private readonly byte[] _buffer = new byte[2048];
    private readonly Endpoint[] _sockets;

    public PeerNode(World world, Site site, CallOptions options, params Endpoint[] sockets)
    {
        _world = world;
        _site = site;
        _sockets = sockets;
        Call = new(options, world.Random);
        site.Nodes.Add(this);
    }

    public Call Call { get; }

    /// <summary>Carries a signal to the other side.</summary>
    public Action<SignalPayload>? Signal { get; set; }

    public List<CallEvent> Events { get; } = [];

    public List<(Instant At, string Text)> Messages { get; } = [];

    /// <summary>When each kind of event came first.</summary>
    public Dictionary<Type, Instant> First { get; } = [];

    /// <summary>When the first direct path became valid.</summary>
    public Instant? FirstDirect { get; private set; }

    /// <summary>What is sent as soon as the call is connected.</summary>
    public string? Greeting { get; set; }

    public long Sent { get; private set; }

    public Instant NextDeadline => Call.NextDeadline;

    public bool Owns(IpAddress address) => Array.Exists(_sockets, socket => socket.Address == address);

    public void Start(params RelayServer[] relays)
    {
        foreach (var socket in _sockets)
        {
            Call.AddSocket(socket, _world.Now);
        }

        foreach (var relay in relays)
        {
            Call.UseRelay(relay, _world.Now);
        }

        Call.Start(_world.Now);
        Drain();
    }

    public void Do(Action<Call, Instant> action)
    {
        action(Call, _world.Now);
        Drain();
    }

    public void HandleDatagram(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, Instant now)
    {
        Call.HandleDatagram(datagram, source, destination, now);
        Drain();
    }

    public void HandleDeadline(Instant now)
    {
        Call.HandleDeadline(now);
        Drain();
    }

    public void Dispose() => Call.Dispose();

    private void Drain()
    {
        while (Call.TryTransmit(_buffer, out var transmit))
        {
            Sent++;
            _site.Send(_buffer.AsSpan(0, transmit.Length), transmit.Source, transmit.Destination, transmit.TimeToLive);
        }

        while (Call.TryTakeEvent(out var happened))
        {
            Take(happened);
        }
    }

    private void Take(CallEvent happened)
    {
        Events.Add(happened);
        First.TryAdd(happened.GetType(), _world.Now);
        switch (happened)
        {
            case CallEvent.SignalReady signal:
                Signal?.Invoke(signal.Payload);
                break;
            case CallEvent.PathChanged { To: { } path } when path.Kind != Protocol.Ice.PathKind.Relayed:
                FirstDirect ??= _world.Now;
                break;
            case CallEvent.MessageReceived message:
                Messages.Add((_world.Now, System.Text.Encoding.UTF8.GetString(message.Message.Span)));
                break;
            case CallEvent.Connected when Greeting is { } greeting:
                var channel = Call.OpenChannel("greeting", new DataChannelOptions(), _world.Now);
                Call.Send(channel, isText: true, System.Text.Encoding.UTF8.GetBytes(greeting), _world.Now).ShouldBe(SendResult.Accepted);
                _world.At(TimeSpan.Zero, Drain);
                break;
        }
    }
}

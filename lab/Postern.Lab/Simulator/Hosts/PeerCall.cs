using System.Text;
using Postern.Lab.Packets;
using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Ice;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Descriptions;
using Postern.Sessions.Calls;
using Postern.Sessions.Sctp;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>One call of a peer: the production machine, and a record of what it did when.</summary>
public sealed class PeerCall : IProgram, IDisposable
{
    private readonly Computer _computer;
    private readonly List<Endpoint> _sockets = [];
    private readonly byte[] _buffer = new byte[2048];
    private RelayStream? _stream;

    /// <param name="computer">From whose addresses it speaks.</param>
    /// <param name="options">What the call is made with.</param>
    /// <param name="signal">Carries a signal to the other side.</param>
    public PeerCall(Computer computer, CallOptions options, Action<SignalPayload> signal)
    {
        (_computer, Signal) = (computer, signal);
        Options = options;
        StartedAt = computer.World.Now;
        Machine = new(options, computer.World.Random);
        foreach (var address in computer.Addresses)
        {
            var socket = computer.Bind(address, Take);
            _sockets.Add(socket);
            Machine.AddSocket(socket, computer.World.Now);
        }

        computer.Run(this);
        computer.ErrorReceived += TakeError;
    }

    public CallOptions Options { get; }

    public Call Machine { get; }

    /// <summary>Carries a signal to the other side; null loses it.</summary>
    public Action<SignalPayload>? Signal { get; set; }

    /// <summary>What is said as soon as the call is connected; null for nothing.</summary>
    public string? Greeting { get; set; }

    /// <summary>All that the machine has reported.</summary>
    public List<(Instant At, CallEvent Event)> Events { get; } = [];

    /// <summary>The sockets from which it speaks: one for each address first, then others.</summary>
    public IReadOnlyList<Endpoint> Sockets => _sockets;

    public Instant StartedAt { get; }

    /// <summary>When data could first flow; null before.</summary>
    public Instant? ConnectedAt { get; private set; }

    /// <summary>When data first took a path that is not relayed; null before.</summary>
    public Instant? DirectAt { get; private set; }

    /// <summary>The path in use; null where there is none.</summary>
    public PathKind? Path { get; private set; }

    /// <summary>Whether the path in use leads over no relay.</summary>
    public bool IsDirect => Path is not (null or PathKind.Relayed);

    /// <summary>Texts that have arrived, in their order, on whatever channel.</summary>
    public List<(Instant At, string Text)> Messages { get; } = [];

    /// <summary>Where it ended.</summary>
    public CallEvent.Ended? Ended { get; private set; }

    /// <summary>Datagrams that it has sent, repeats and relayed ones included.</summary>
    public long Sent { get; private set; }

    /// <summary>How streams to the relay are dialled: as the switchboard is; null where there are none.</summary>
    public Dial? RelayStreamsAt { get; init; }

    /// <summary>Called when the machine wants another relay.</summary>
    internal Action? RelayWanted { get; set; }

    public Instant NextDeadline => Machine.NextDeadline;

    public void HandleDeadline(Instant now)
    {
        Machine.HandleDeadline(now);
        Drain();
    }

    public void Do(Action<Call, Instant> action)
    {
        action(Machine, _computer.World.Now);
        Drain();
    }

    /// <summary>Opens a channel for <see cref="Say"/>.</summary>
    public DataChannel Open(string label)
    {
        DataChannel? channel = null;
        Do((call, now) => channel = call.OpenChannel(label, new DataChannelOptions(), now));
        return channel!;
    }

    public SendResult Say(DataChannel channel, string text)
    {
        var result = SendResult.Closed;
        Do((call, now) => result = call.Send(channel, isText: true, Encoding.UTF8.GetBytes(text), now));
        return result;
    }

    public void Dispose()
    {
        _computer.ErrorReceived -= TakeError;
        Machine.Dispose();
    }

    private void Take(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint local)
    {
        Machine.HandleDatagram(datagram, source, local, _computer.World.Now);
        Drain();
    }

    /// <summary>What a real socket hears of ICMP is handed on by the real driver in the same way.</summary>
    private void TakeError(Endpoint socket, Endpoint peer, IcmpErrorKind kind, IpAddress reporter)
    {
        if (kind == IcmpErrorKind.Prohibited && _sockets.Contains(socket))
        {
            Do((call, now) => call.HandleProhibition(socket, peer, reporter, isOwn: false, now));
        }
    }

    private void Drain()
    {
        bool more;
        do
        {
            more = false;
            while (Machine.TryTransmit(_buffer, out var transmit))
            {
                Sent++;
                if (transmit.Source.Port == 0)
                {
                    _stream?.Send(_buffer.AsSpan(0, transmit.Length));
                    continue;
                }

                _computer.Send(_buffer.AsSpan(0, transmit.Length), transmit.Source, transmit.Destination, transmit.TimeToLive);
            }

            while (Machine.TryTakeEvent(out var happened))
            {
                Handle(happened);
                more = true;
            }
        }
        while (more);
    }

    private void Handle(CallEvent happened)
    {
        Events.Add((_computer.World.Now, happened));
        switch (happened)
        {
            case CallEvent.SignalReady ready:
                Signal?.Invoke(ready.Payload);
                break;
            case CallEvent.Connected:
                ConnectedAt = _computer.World.Now;
                Greet();
                break;
            case CallEvent.PathChanged changed:
                Path = changed.To?.Kind;
                DirectAt ??= IsDirect ? _computer.World.Now : null;
                break;
            case CallEvent.MessageReceived message:
                Messages.Add((_computer.World.Now, Encoding.UTF8.GetString(message.Message.Span)));
                break;
            case CallEvent.AnotherSocketWanted wanted:
                _sockets.Add(_computer.Bind(wanted.Address, Take));
                Machine.AddSocket(_sockets[^1], _computer.World.Now);
                break;
            case CallEvent.SocketsWanted wanted:
                Endpoint[] spare = [.. Enumerable.Range(0, wanted.Count).Select(_ => _computer.Bind(wanted.Address, Take))];
                _sockets.AddRange(spare);
                Machine.AddSpareSockets(spare, _computer.World.Now);
                break;
            case CallEvent.SocketDone done:
                _sockets.Remove(done.Socket);
                _computer.Close(done.Socket);
                break;
            case CallEvent.RelayStreamWanted wanted when RelayStreamsAt is { } at:
                _stream = new(this, _computer, at, wanted.Server);
                break;
            case CallEvent.RelayStreamDone:
                _stream?.Close();
                _stream = null;
                break;
            case CallEvent.RelayWanted:
                RelayWanted?.Invoke();
                break;
            case CallEvent.Ended ended:
                End(ended);
                break;
        }
    }

    /// <summary>The stream is over, whichever way.</summary>
    internal void Lose(RelayStream stream, string reason)
    {
        if (stream == _stream)
        {
            _stream = null;
            Do((call, now) => call.RelayStreamClosed(reason, now));
        }
    }

    private void Greet()
    {
        if (Greeting is { } greeting)
        {
            Say(Open("greeting"), greeting);
        }
    }

    private void End(CallEvent.Ended ended)
    {
        Ended = ended;
        Path = null;
        _computer.Stop(this);
        _stream?.Close();
        _sockets.ForEach(_computer.Close);
    }
}

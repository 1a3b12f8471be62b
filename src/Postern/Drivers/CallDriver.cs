using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Threading.Channels;
using Postern.Protocol.Net;
using Postern.Sessions.Calls;
using Postern.Sessions.Sctp;
using Postern.Transports;

namespace Postern.Drivers;

/// <summary>
/// One call with its sockets and its clock: one lock, one alarm. What happened leaves through <see cref="Happened"/>;
/// nobody's code runs under the lock.
/// </summary>
internal sealed class CallDriver : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Call _call;
    private readonly Alarm _alarm;
    private readonly Func<Endpoint, UdpTransportOptions, UdpTransport> _bind;
    private readonly byte[] _buffer = new byte[2048];
    private readonly Dictionary<Endpoint, UdpTransport> _sockets = [];
    private readonly Channel<CallEvent> _happened = Channel.CreateUnbounded<CallEvent>(new() { SingleReader = true, SingleWriter = true });
    private readonly TimeProvider _time;
    private readonly SwitchboardDial? _relay;
    private RelayStream? _stream;
    private bool _disposed;

    /// <param name="call">The call that it drives from now on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="bind">Opens a socket; null is <see cref="UdpTransport.Bind"/>.</param>
    /// <param name="relay">Where streams to the relay begin; null where it has none.</param>
    public CallDriver(Call call, TimeProvider time, Func<Endpoint, UdpTransportOptions, UdpTransport>? bind = null, SwitchboardDial? relay = null)
    {
        (_call, _time, _relay) = (call, time, relay);
        _bind = bind ?? UdpTransport.Bind;
        _alarm = new Alarm(time, Ring);
    }

    /// <summary>What the call reported, oldest first; ends with <see cref="CallEvent.Ended"/>.</summary>
    public ChannelReader<CallEvent> Happened => _happened.Reader;

    /// <summary>Binds one socket for each address; an address that the system refuses is left out. Returns how many stand.</summary>
    public int OpenSockets(IEnumerable<IpAddress> addresses)
    {
        lock (_gate)
        {
            foreach (var address in addresses)
            {
                if (TryOpen(address, UdpTransportOptions.Usual, out var socket))
                {
                    _call.AddSocket(socket.Local, _alarm.Now);
                    socket.Start(Receive, Prohibit);
                }
            }

            Drain();
            return _sockets.Count;
        }
    }

    /// <summary>Does something to the call, then drains it.</summary>
    public T Do<T>(Func<Call, Instant, T> action)
    {
        lock (_gate)
        {
            var result = action(_call, _alarm.Now);
            Drain();
            return result;
        }
    }

    /// <summary>Does something to the call, then drains it.</summary>
    public void Do(Action<Call, Instant> action)
    {
        lock (_gate)
        {
            action(_call, _alarm.Now);
            Drain();
        }
    }

    /// <summary>Sends one message; the payload is taken before this returns.</summary>
    public SendResult Send(DataChannel channel, bool isText, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            var result = _call.Send(channel, isText, payload, _alarm.Now);
            Drain();
            return result;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _disposed = true;
            _alarm.Dispose();
            CloseSockets();
            _call.Dispose();
            _happened.Writer.TryComplete();
        }
    }

    private void Receive(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint local)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _call.HandleDatagram(datagram, source, local, _alarm.Now);
                Drain();
            }
        }
    }

    /// <summary>What this computer itself refused its sockets know by now: whoever sends holds the lock.</summary>
    private void Prohibit(Endpoint local, Endpoint destination, IpAddress reporter)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                var isOwn = reporter == local.Address && _sockets.TryGetValue(local, out var socket) && socket.IsRefusedHere;
                _call.HandleProhibition(local, destination, reporter, isOwn, _alarm.Now);
                Drain();
            }
        }
    }

    private void Ring()
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _alarm.Rang();
                _call.HandleDeadline(_alarm.Now);
                Drain();
            }
        }
    }

    /// <summary>Datagrams leave in the machine's order and without a pause: the order is what some of them measure.</summary>
    private void Drain()
    {
        if (_disposed)
        {
            return;
        }

        bool more;
        do
        {
            while (_call.TryTransmit(_buffer, out var transmit))
            {
                if (transmit.Source.Port == 0)
                {
                    _stream?.TrySend(_buffer.AsSpan(0, transmit.Length));
                }
                else if (_sockets.TryGetValue(transmit.Source, out var socket))
                {
                    socket.Send(_buffer.AsSpan(0, transmit.Length), transmit.Destination, transmit.TimeToLive);
                }
            }

            more = false;
            while (_call.TryTakeEvent(out var happened))
            {
                Handle(happened);
                more = true;
            }
        }
        while (more);

        _alarm.Set(_call.NextDeadline);
        if (_call.State == CallState.Closed)
        {
            CloseSockets(); // the last words have left
        }
    }

    private void CloseSockets()
    {
        foreach (var socket in _sockets.Values)
        {
            socket.Dispose();
        }

        _sockets.Clear();
        CloseStream();
    }

    /// <summary>It is not ours any more before it is closed, so that whatever it calls then touches nothing.</summary>
    private void CloseStream()
    {
        var stream = _stream;
        _stream = null;
        stream?.Close();
    }

    private void Handle(CallEvent happened)
    {
        switch (happened)
        {
            case CallEvent.AnotherSocketWanted wanted:
                OpenAnother(wanted.Address);
                return;
            case CallEvent.SocketsWanted wanted:
                OpenSpare(wanted);
                return;
            case CallEvent.RelayStreamWanted wanted:
                OpenStream(wanted.Server);
                return;
            case CallEvent.RelayStreamDone:
                CloseStream();
                return;
            case CallEvent.SocketDone done:
                if (_sockets.Remove(done.Socket, out var closed))
                {
                    closed.Dispose();
                }

                return;
            case CallEvent.PathChanged { To: { } path } when _sockets.TryGetValue(path.Local, out var used):
                used.Widen(); // it may have been a spare one
                break;
        }

        _happened.Writer.TryWrite(happened);
        if (happened is CallEvent.Ended)
        {
            _happened.Writer.TryComplete();
        }
    }

    private void OpenAnother(IpAddress address)
    {
        var stands = TryOpen(address, UdpTransportOptions.Usual, out var socket);
        _call.AddSocket(stands ? socket!.Local : Endpoint.None, _alarm.Now);
        socket?.Start(Receive, Prohibit);
    }

    /// <summary>As many as the system gives; they receive once the machine knows them.</summary>
    private void OpenSpare(CallEvent.SocketsWanted wanted)
    {
        var opened = new List<UdpTransport>(wanted.Count);
        while (opened.Count < wanted.Count && TryOpen(wanted.Address, UdpTransportOptions.Spare, out var socket))
        {
            opened.Add(socket);
        }

        _call.AddSpareSockets([.. opened.Select(socket => socket.Local)], _alarm.Now);
        opened.ForEach(socket => socket.Start(Receive)); // refusals are heard of by the checks
    }

    private void OpenStream(Endpoint server)
    {
        if (_relay is null)
        {
            _call.RelayStreamClosed("There is none.", _alarm.Now);
            return;
        }

        var stream = _stream = new(_relay, _time);
        var local = new Endpoint(server.Address, 0); // any name that no socket has
        _ = Task.Run(async () =>
        {
            var reason = await stream.RunAsync(
                () => Touch(stream, now => _call.AddRelayStream(local, now)),
                datagram => Touch(stream, now => _call.HandleDatagram(datagram.Span, server, local, now))).ConfigureAwait(false);
            Touch(stream, now =>
            {
                _stream = null;
                _call.RelayStreamClosed(reason, now);
            });
        });
    }

    /// <summary>Something of a stream; nothing where it is not the present one.</summary>
    private void Touch(RelayStream stream, Action<Instant> action)
    {
        lock (_gate)
        {
            if (!_disposed && stream == _stream)
            {
                action(_alarm.Now);
                Drain();
            }
        }
    }

    private bool TryOpen(IpAddress address, UdpTransportOptions options, [NotNullWhen(true)] out UdpTransport? socket)
    {
        try
        {
            socket = _bind(new(address, 0), options);
            _sockets.Add(socket.Local, socket);
            return true;
        }
        catch (SocketException)
        {
            socket = null; // an address that went away meanwhile, or too many open sockets
            return false;
        }
    }
}

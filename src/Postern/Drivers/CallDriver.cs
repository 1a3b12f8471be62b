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
    private readonly Func<Endpoint, UdpTransport> _bind;
    private readonly byte[] _buffer = new byte[2048];
    private readonly Dictionary<Endpoint, UdpTransport> _sockets = [];
    private readonly Channel<CallEvent> _happened = Channel.CreateUnbounded<CallEvent>(new() { SingleReader = true, SingleWriter = true });
    private bool _disposed;

    /// <param name="call">The call that it drives from now on.</param>
    /// <param name="time">The clock.</param>
    /// <param name="bind">Opens a socket; null is <see cref="UdpTransport.Bind"/>.</param>
    public CallDriver(Call call, TimeProvider time, Func<Endpoint, UdpTransport>? bind = null)
    {
        _call = call;
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
                try
                {
                    var socket = _bind(new(address, 0));
                    _sockets.Add(socket.Local, socket);
                    _call.AddSocket(socket.Local, _alarm.Now);
                    socket.Start(Receive, Prohibit);
                }
                catch (System.Net.Sockets.SocketException)
                {
                    // an address that went away meanwhile
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
            foreach (var socket in _sockets.Values)
            {
                socket.Dispose();
            }

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

    private void Prohibit(Endpoint local, Endpoint destination, IpAddress reporter)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _call.HandleProhibition(local, destination, reporter, _alarm.Now);
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

    private void Drain()
    {
        if (_disposed)
        {
            return;
        }

        while (_call.TryTransmit(_buffer, out var transmit))
        {
            if (_sockets.TryGetValue(transmit.Source, out var socket))
            {
                socket.Send(_buffer.AsSpan(0, transmit.Length), transmit.Destination, transmit.TimeToLive);
            }
        }

        while (_call.TryTakeEvent(out var happened))
        {
            _happened.Writer.TryWrite(happened);
            if (happened is CallEvent.Ended)
            {
                _happened.Writer.TryComplete();
            }
        }

        _alarm.Set(_call.NextDeadline);
    }
}

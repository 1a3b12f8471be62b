using System.Net.Sockets;
using Postern.Discovery;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Transports;

namespace Postern.Drivers;

/// <summary>Runs a <see cref="NatProber"/> on real sockets until it has measured.</summary>
internal sealed class NatProbeDriver : IDisposable
{
    private readonly Lock _gate = new();
    private readonly byte[] _buffer = new byte[2048];
    private readonly NatProber _prober;
    private readonly Alarm _alarm;
    private readonly Endpoint[] _servers;
    private readonly Dictionary<int, UdpTransport> _byId = [];
    private readonly Dictionary<Endpoint, UdpTransport> _byLocal = [];
    private readonly List<NatReport> _reports = [];
    private readonly TaskCompletionSource<IReadOnlyList<NatReport>> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private bool _disposed;

    private NatProbeDriver(IReadOnlyList<Endpoint> servers, int samples, TimeProvider time)
    {
        _servers = [.. servers];
        _alarm = new Alarm(time, Ring);
        _prober = new NatProber(new() { Servers = servers, Samples = samples }, SystemRandom.Instance, _alarm.Now);
    }

    /// <summary>Measures against these STUN servers; one report for each address family among them.</summary>
    public static async Task<IReadOnlyList<NatReport>> MeasureAsync(
        IReadOnlyList<Endpoint> servers, TimeProvider time, CancellationToken cancellationToken, int samples = NatProberOptions.UsualSamples)
    {
        using var driver = new NatProbeDriver(servers, samples, time);
        driver.Begin();
        return await driver._done.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same, with no reports where there is no server or the measuring is cancelled.</summary>
    public static async Task<IReadOnlyList<NatReport>> TryMeasureAsync(
        IReadOnlyList<Endpoint> servers, TimeProvider time, CancellationToken cancellationToken, int samples = NatProberOptions.UsualSamples)
    {
        try
        {
            return servers.Count == 0 ? [] : await MeasureAsync(servers, time, cancellationToken, samples).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return [];
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            _alarm.Dispose();
            foreach (var socket in _byId.Values)
            {
                socket.Dispose();
            }

            _byId.Clear();
            _byLocal.Clear();
        }
    }

    private void Begin()
    {
        lock (_gate)
        {
            Drain();
        }
    }

    private void Ring()
    {
        lock (_gate)
        {
            if (_disposed)
            {
                return;
            }

            _alarm.Rang();
            _prober.HandleDeadline(_alarm.Now);
            Drain();
        }
    }

    private void Receive(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint local)
    {
        lock (_gate)
        {
            if (!_disposed)
            {
                _prober.HandleDatagram(datagram, source, local, _alarm.Now);
                Drain();
            }
        }
    }

    private void Drain()
    {
        bool more;
        do
        {
            more = false;
            while (_prober.TryTransmit(_buffer, out var transmit))
            {
                if (_byLocal.TryGetValue(transmit.Source, out var socket))
                {
                    socket.Send(_buffer.AsSpan(0, transmit.Length), transmit.Destination, transmit.TimeToLive);
                }
            }

            while (_prober.TryTakeEvent(out var happened))
            {
                Handle(happened);
                more = true;
            }
        }
        while (more);

        if (_prober.IsDone)
        {
            _done.TrySetResult(_reports);
        }

        _alarm.Set(_prober.NextDeadline);
    }

    private void Handle(NatEvent happened)
    {
        switch (happened)
        {
            case NatEvent.OpenSocket open:
                Open(open);
                break;
            case NatEvent.CloseSocket close when _byId.Remove(close.Id, out var socket):
                _byLocal.Remove(socket.Local);
                socket.Dispose();
                break;
            case NatEvent.Measured measured:
                _reports.Add(measured.Report);
                break;
        }
    }

    private void Open(NatEvent.OpenSocket open)
    {
        var server = Array.Find(_servers, server => server.IsV4 == (open.Family == IpFamily.V4));
        try
        {
            var address = LocalAddresses.RouteTo(server.Address) ?? throw new SocketException((int)SocketError.NetworkUnreachable);
            var socket = UdpTransport.Bind(new(address, 0));
            _byId.Add(open.Id, socket);
            _byLocal.Add(socket.Local, socket);
            _prober.SocketOpened(open.Id, socket.Local, _alarm.Now);
            socket.Start(Receive);
        }
        catch (SocketException)
        {
            _prober.SocketFailed(open.Id, _alarm.Now);
        }
    }
}

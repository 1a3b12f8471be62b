using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Net.WebSockets;
using Microsoft.Extensions.Logging;
using Postern.Discovery;
using Postern.Drivers;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Turn;
using RelayMachine = Postern.Protocol.Turn.Relay;

namespace Postern.Server.Relay;

/// <summary>Runs a relay and a Binding server on real sockets and streams: one lock, one alarm, a receive loop for each.</summary>
public sealed class RelayDriver : IAsyncDisposable
{
    private const int ControlBuffer = 65536;

    /// <summary>How long a stream may have no allocation at first: as long as a switchboard waits for a login.</summary>
    private static readonly TimeSpan StreamPatience = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly RelayDriverOptions _options;
    private readonly RelayPlaces _places;
    private readonly RelayMachine _relay;
    private readonly BindingServer _binding;
    private readonly Alarm _alarm;
    private readonly Dictionary<Endpoint, RelaySocket> _sockets = [];
    private readonly ClientStreams _streams = new();
    private readonly List<RelaySocket> _listening = [];
    private readonly List<Task> _closing = [];
    private readonly RelayNews _news;
    private readonly byte[] _control = new byte[ControlBuffer];
    private bool _isDisposed;

    private RelayDriver(RelayDriverOptions options, IReadOnlyList<RelaySocket> first, IReadOnlyList<RelaySocket> second)
    {
        _options = options;
        _places = new(options);
        _news = new(options.Logger);
        _listening.AddRange(first.Concat(second));
        Endpoints = [.. first.Select(socket => _places.Public(socket.Name))];
        Listening = [.. first.Select(socket => socket.Name)];
        _relay = new(SystemRandom.Instance, _places.Machine(options, [.. _listening.Select(socket => socket.Name)]));
        _binding = new(
            (target, excess, now) => _relay.Budget.TrySpend(target, 0, excess, now),
            _places.Sites(Listening, [.. second.Select(socket => socket.Name)]));
        _alarm = new(options.Time, Ring);
        _relay.SetOwnAddresses(LocalAddresses.All());
        NetworkChange.NetworkAddressChanged += OnAddressesChanged;
    }

    /// <summary>Where clients reach it, as the world sees it.</summary>
    public IReadOnlyList<Endpoint> Endpoints { get; }

    /// <summary>What it is bound to, in the same order.</summary>
    public IReadOnlyList<Endpoint> Listening { get; }

    /// <summary>Streams at about this moment.</summary>
    internal int Streams => _streams.Count;

    /// <summary>Streams at most: one for each allocation, and those that have none yet.</summary>
    internal int MaximumStreams => _options.Quotas.Total + ClientStreams.Strangers;

    /// <summary>The relay's counters at this moment.</summary>
    public RelayStats Stats
    {
        get
        {
            lock (_gate)
            {
                return _relay.Stats with { };
            }
        }
    }

    /// <summary>Binds and serves; throws <see cref="SocketException"/> where an address cannot be had.</summary>
    public static RelayDriver Start(RelayDriverOptions options)
    {
        if (options.Listen.Count == 0)
        {
            throw new ArgumentException("A relay listens somewhere.", nameof(options));
        }

        List<RelaySocket> first = [], second = [];
        try
        {
            foreach (var endpoint in options.Listen)
            {
                first.Add(RelaySocket.Listen(endpoint));
                if (options.SecondPort is { } port)
                {
                    // the same second port on every address of a family, whatever the first one was given
                    var chosen = second.Find(socket => socket.Name.IsV4 == endpoint.IsV4)?.Name.Port ?? port;
                    second.Add(RelaySocket.Listen(endpoint with { Port = chosen }));
                }
            }

            var driver = new RelayDriver(options, first, second);
            driver.Open();
            return driver;
        }
        catch
        {
            first.Concat(second).ToList().ForEach(socket => socket.Dispose());
            throw;
        }
    }

    /// <summary>Ends every allocation of a session.</summary>
    public void EndSession(string session)
    {
        lock (_gate)
        {
            _relay.EndSession(session, _alarm.Now);
            Drain();
        }

        _news.Tell();
    }

    /// <summary>Replaces the peer policy at once, for what exists too.</summary>
    public void SetPolicy(PeerPolicy policy)
    {
        var own = LocalAddresses.All().ToArray();
        lock (_gate)
        {
            _relay.SetPolicy(policy, own);
        }
    }

    /// <summary>Serves a client over a WebSocket until either end closes it; false, and nothing done, where the relay stops or has one of these ends.</summary>
    internal async Task<bool> ServeAsync(WebSocket socket, Endpoint client, IpAddress server)
    {
        var stream = new ClientStream(socket, client, RelayMachine.StreamEnd(server), _options.Time);
        lock (_gate)
        {
            if (_isDisposed || !_streams.TryAdd(stream))
            {
                return false;
            }
        }

        try
        {
            await using var watch = _options.Time.CreateTimer(_ => Review(stream), null, StreamPatience, Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            await stream.RunAsync(OnMessage).ConfigureAwait(false);
        }
        finally
        {
            End(stream);
        }

        return true;
    }

    public async ValueTask DisposeAsync()
    {
        NetworkChange.NetworkAddressChanged -= OnAddressesChanged;
        Task[] loops;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _isDisposed = true;
            _alarm.Dispose();
            _streams.CloseAll();
            loops = [.. _closing, .. _sockets.Values.Select(socket => socket.Completion)];
            foreach (var socket in _sockets.Values)
            {
                socket.Dispose();
            }
        }

        await Task.WhenAll(loops).ConfigureAwait(false);
    }

    private void Open()
    {
        _listening.ForEach(socket => _sockets.Add(socket.Name, socket));
        _listening.ForEach(socket => socket.Start(OnDatagram));
    }

    private void OnDatagram(RelaySocket socket, byte[] buffer, int length, Endpoint source)
    {
        (RelaySocket? Via, ClientStream? Stream) way = default;
        Forward forward;
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            var now = _alarm.Now;
            var verdict = socket.IsListening
                ? _relay.RelayFromClient(buffer, length, source, socket.Name, now, out forward)
                : _relay.RelayFromPeer(buffer, length, socket.Name, source, now, out forward);
            if (verdict == RelayVerdict.Forward)
            {
                way = FindWay(forward);
            }
            else if (verdict == RelayVerdict.Control)
            {
                Control(socket, buffer.AsSpan(RelayMachine.Headroom, length), source, now);
            }
        }

        Pass(forward, way, socket.Scratch);
    }

    private void OnMessage(ClientStream from, byte[] buffer, int length)
    {
        (RelaySocket? Via, ClientStream? Stream) way = default;
        Forward forward;
        lock (_gate)
        {
            if (_isDisposed || !from.MaySpeak())
            {
                return;
            }

            var (client, server) = from.Ends;
            var verdict = _relay.RelayFromClient(buffer, length, client, server, _alarm.Now, out forward);
            if (verdict == RelayVerdict.Forward)
            {
                way = FindWay(forward);
            }
            else if (verdict == RelayVerdict.Control && _relay.HandleDatagram(buffer.AsSpan(RelayMachine.Headroom, length), client, server, _alarm.Now))
            {
                Drain();
                if (_relay.Serves(client, server))
                {
                    _streams.Welcome(from);
                }
            }
        }

        Pass(forward, way, from.Scratch);
    }

    private (RelaySocket? Via, ClientStream? Stream) FindWay(in Forward forward) =>
        (_sockets.GetValueOrDefault(forward.Via), forward.Via.Port == 0 ? _streams.Find(forward.Target, forward.Via) : null);

    /// <summary>Outside the lock: a socket's buffer may be full.</summary>
    private void Pass(in Forward forward, (RelaySocket? Via, ClientStream? Stream) way, TargetScratch scratch)
    {
        way.Via?.Send(forward.Payload, forward.Target, scratch);
        if (way.Stream?.TrySend(forward.Payload) is false)
        {
            lock (_gate)
            {
                _relay.CountDropped();
            }
        }

        _news.Tell();
    }

    private void End(ClientStream stream)
    {
        lock (_gate)
        {
            _streams.Remove(stream);
            _relay.EndStream(stream.Ends.Client, stream.Ends.Server, _alarm.Now);
            Drain();
        }

        _news.Tell();
    }

    /// <summary>Without an allocation nobody needs a stream.</summary>
    private void Review(ClientStream stream)
    {
        lock (_gate)
        {
            if (_relay.Serves(stream.Ends.Client, stream.Ends.Server))
            {
                return;
            }
        }

        stream.Close(WebSocketCloseStatus.PolicyViolation, "There is no allocation on this stream.");
    }

    private void Control(RelaySocket socket, ReadOnlySpan<byte> datagram, Endpoint source, Instant now)
    {
        if (_relay.HandleDatagram(datagram, source, socket.Name, now))
        {
            Drain();
        }
        else if (_binding.HandleDatagram(datagram, source, socket.Name, now))
        {
            while (_binding.TryTransmit(_control, out var transmit))
            {
                Send(transmit);
            }
        }
    }

    private void Drain()
    {
        for (var busy = true; busy;)
        {
            busy = false;
            while (_relay.TryTakeEvent(out var happened))
            {
                busy = true;
                Obey(happened);
            }

            while (_relay.TryTransmit(_control, out var transmit))
            {
                busy = true;
                Send(transmit);
            }
        }

        _streams.CloseDismissed();
        _alarm.Set(_relay.NextDeadline);
    }

    private void Obey(RelayEvent happened)
    {
        switch (happened)
        {
            case RelayEvent.OpenSocket open when !_sockets.ContainsKey(open.Relayed)
                && RelaySocket.TryRelay(open.Relayed, _places.Bind(open.Relayed)) is { } socket:
                _sockets.Add(open.Relayed, socket);
                socket.Start(OnDatagram);
                _relay.SocketOpened(open.Relayed, _alarm.Now);
                break;
            case RelayEvent.OpenSocket open:
                _relay.SocketFailed(open.Relayed, _alarm.Now);
                break;
            case RelayEvent.CloseSocket close when _sockets.Remove(close.Relayed, out var socket):
                _closing.RemoveAll(task => task.IsCompleted);
                _closing.Add(socket.Completion);
                socket.Dispose();
                break;
            case RelayEvent.Freed freed:
                _streams.Dismiss(freed.Client, freed.Server);
                _news.Note(happened);
                break;
            case RelayEvent.Allocated:
                _news.Note(happened);
                break;
        }
    }

    private void Send(Transmit transmit)
    {
        var datagram = _control.AsSpan(0, transmit.Length);
        if (_sockets.TryGetValue(transmit.Source, out var socket))
        {
            socket.Send(datagram, transmit.Destination);
        }
        else
        {
            _streams.Find(transmit.Destination, transmit.Source)?.TrySend(datagram);
        }
    }

    private void Ring()
    {
        lock (_gate)
        {
            if (_isDisposed)
            {
                return;
            }

            _alarm.Rang();
            _relay.HandleDeadline(_alarm.Now);
            Drain();
        }

        _news.Tell();
    }

    private void OnAddressesChanged(object? sender, EventArgs e)
    {
        var own = LocalAddresses.All().ToArray();
        lock (_gate)
        {
            _relay.SetOwnAddresses(own);
        }
    }
}

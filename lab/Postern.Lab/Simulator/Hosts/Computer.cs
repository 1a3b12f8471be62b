using Postern.Lab.Packets;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>A computer with UDP sockets and TCP connections, on which programs run. Closed ports answer as those of a real one do.</summary>
public sealed class Computer : IHost
{
    internal const int FirstEphemeral = 32768; // Linux, ip_local_port_range
    internal const int LastEphemeral = 60999;
    private const byte DefaultTimeToLive = 64;

    private readonly Network _network;
    private readonly Dictionary<Endpoint, DatagramHandler> _sockets = [];
    private readonly Dictionary<(Endpoint Local, Endpoint Remote), TcpConnection> _connections = [];
    private readonly Dictionary<Endpoint, Action<TcpConnection>> _listeners = [];
    private readonly List<IProgram> _programs = [];

    public Computer(Network network, params IReadOnlyList<IpAddress> addresses)
    {
        (_network, Addresses) = (network, addresses);
        network.Add(this);
    }

    public IReadOnlyList<IpAddress> Addresses { get; }

    public World World => _network.World;

    /// <summary>ICMP errors that have come back to a socket of ours: the socket, the peer, the kind, and who says so.</summary>
    public Action<Endpoint, Endpoint, IcmpErrorKind, IpAddress>? ErrorReceived { get; set; }

    public Instant NextDeadline
    {
        get
        {
            var next = Instant.Never;
            foreach (var program in _programs)
            {
                next = Instant.Min(next, program.NextDeadline);
            }

            foreach (var connection in _connections.Values)
            {
                next = Instant.Min(next, connection.NextDeadline);
            }

            return next;
        }
    }

    public void Run(IProgram program) => _programs.Add(program);

    public void Stop(IProgram program) => _programs.Remove(program);

    /// <summary>Opens a UDP socket; port 0 takes any free one.</summary>
    public Endpoint Bind(IpAddress address, DatagramHandler handler, ushort port = 0)
    {
        var local = new Endpoint(address, port != 0 ? port : FreePort(candidate => !_sockets.ContainsKey(new(address, candidate))));
        _sockets.Add(local, handler);
        return local;
    }

    public void Close(Endpoint socket) => _sockets.Remove(socket);

    public void Send(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint destination, byte timeToLive = 0) =>
        _network.Send(
            new() { Transport = Transport.Udp, Source = source, Destination = destination, TimeToLive = timeToLive == 0 ? DefaultTimeToLive : timeToLive },
            datagram);

    /// <summary>Accepts TCP connections from now on.</summary>
    public void Listen(Endpoint local, Action<TcpConnection> accepted) => _listeners.Add(local, accepted);

    public void StopListening(Endpoint local) => _listeners.Remove(local);

    /// <summary>Begins a TCP connection; what becomes of it is told to the listener.</summary>
    public TcpConnection Connect(IpAddress from, Endpoint to, ITcpListener listener)
    {
        var local = new Endpoint(from, FreePort(candidate => !_connections.ContainsKey((new(from, candidate), to))));
        var connection = new TcpConnection(local, to, World.Random.NextUInt32()) { Listener = listener };
        _connections.Add((local, to), connection);
        connection.Open(World.Now);
        Drain(connection);
        return connection;
    }

    /// <summary>Sends what the connection has to send; to be called after each call of the connection's own verbs.</summary>
    public void Drain(TcpConnection connection)
    {
        while (connection.TryTransmit(World.Now, out var header, out var payload))
        {
            _network.Send(header with { TimeToLive = DefaultTimeToLive }, payload.Span);
        }

        if (connection.IsOver)
        {
            _connections.Remove((connection.Local, connection.Remote));
        }
    }

    /// <summary>The power fails: sockets, connections and programs are gone without a word.</summary>
    public void PowerOff()
    {
        _sockets.Clear();
        _connections.Clear();
        _listeners.Clear();
        _programs.Clear();
    }

    public void HandlePacket(Packet packet, Instant now)
    {
        var header = packet.Header;
        switch (header.Transport)
        {
            case Transport.Udp when _sockets.TryGetValue(header.Destination, out var handler):
                handler(packet.Payload.Span, header.Source, header.Destination);
                break;
            case Transport.Udp:
                Answer(header.Refusal(header.Destination.Address, IcmpErrorKind.PortUnreachable));
                break;
            case Transport.Tcp:
                Take(header, packet.Payload, now);
                break;
            case Transport.Echo when header.Destination.Port == 0:
                Answer(header with { Source = header.Destination, Destination = header.Source, TimeToLive = DefaultTimeToLive });
                break;
            case Transport.IcmpError:
                ErrorReceived?.Invoke(header.QuotedSource, header.QuotedDestination, header.Error, header.Source.Address);
                break;
        }
    }

    public void HandleDeadline(Instant now)
    {
        foreach (var program in _programs.ToArray())
        {
            if (program.NextDeadline <= now)
            {
                program.HandleDeadline(now);
            }
        }

        foreach (var connection in _connections.Values.ToArray())
        {
            if (connection.NextDeadline <= now)
            {
                connection.HandleDeadline(now);
                Drain(connection);
            }
        }
    }

    private void Take(in PacketHeader header, ReadOnlyMemory<byte> payload, Instant now)
    {
        var key = (header.Destination, header.Source);
        if (!_connections.TryGetValue(key, out var connection))
        {
            if (!header.IsOpening || !_listeners.TryGetValue(header.Destination, out var accepted))
            {
                if ((header.Flags & TcpFlags.Rst) == 0)
                {
                    Answer(header.Reset());
                }

                return;
            }

            _connections[key] = connection = new(header.Destination, header.Source, World.Random.NextUInt32());
            accepted(connection);
        }

        connection.Take(header, payload, now);
        Drain(connection);
    }

    private void Answer(in PacketHeader header) => _network.Send(header, []);

    /// <summary>As our drivers choose: none that others begin nothing towards.</summary>
    private ushort FreePort(Func<ushort, bool> isFree)
    {
        while (true)
        {
            var port = (ushort)World.Random.Next(FirstEphemeral, LastEphemeral + 1);
            while (UnwelcomePorts.Contains(port))
            {
                port++; // and no draw more, so that a seed makes the same world; the highest ports are none of these
            }

            if (isFree(port))
            {
                return port;
            }
        }
    }
}

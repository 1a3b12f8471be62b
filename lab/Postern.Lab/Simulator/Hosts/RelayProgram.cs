using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Stun.Credentials;
using Postern.Protocol.Turn;

namespace Postern.Lab.Simulator.Hosts;

/// <summary>The production relay and Binding server on a computer: a second port always, a second address where it has one.</summary>
public sealed class RelayProgram : IProgram
{
    private readonly Computer _computer;
    private readonly BindingServer _binding;
    private readonly Dictionary<(Endpoint Client, Endpoint Server), DatagramFrames> _streams = [];
    private readonly byte[] _buffer = new byte[65536];

    /// <param name="computer">Whose first IPv4 and IPv6 addresses it listens on.</param>
    /// <param name="port">The first port; the second is the next.</param>
    /// <param name="credentials">Who may allocate.</param>
    /// <param name="peers">Whom clients may reach; null for the default policy.</param>
    public RelayProgram(Computer computer, ushort port, LongTermOptions credentials, PeerPolicy? peers = null)
    {
        _computer = computer;
        var v4 = computer.Addresses.Where(address => address.IsV4).ToArray();
        var v6 = computer.Addresses.Where(address => !address.IsV4).ToArray();
        var groups = new[] { v4, v6 }.Where(group => group.Length > 0).Select(group => Sites(group, port)).ToArray();
        _binding = new((_, _, _) => true, groups);
        Listening = [.. groups.SelectMany(group => group.All).Select(site => site.Local)];
        Relay = new(computer.World.Random, new()
        {
            Credentials = credentials,
            Listening = Listening,
            RelayV4 = v4.Length > 0 ? v4[0] : (IpAddress?)null,
            RelayV6 = v6.Length > 0 ? v6[0] : (IpAddress?)null,
            Peers = peers ?? new PeerPolicy(),
        });
        foreach (var endpoint in Listening)
        {
            computer.Bind(endpoint.Address, Take, endpoint.Port);
        }

        computer.Run(this);
    }

    /// <summary>Every socket for clients, the first one first.</summary>
    public IReadOnlyList<Endpoint> Listening { get; }

    public Relay Relay { get; }

    public Instant NextDeadline => Relay.NextDeadline;

    public void HandleDeadline(Instant now)
    {
        Relay.HandleDeadline(now);
        Drain();
    }

    /// <summary>Takes clients over TCP, where no switchboard does so.</summary>
    public void ListenForStreams(Endpoint endpoint) => _computer.Listen(endpoint, connection => new FrameStream(_computer)
    {
        Opened = _ => { },
        Received = (stream, _) => Serve(stream), // its greeting
        Closed = _ => { },
    }.Adopt(connection));

    /// <summary>A client over TCP: each frame is a datagram. Its allocation ends with it.</summary>
    public void Serve(FrameStream stream)
    {
        var ends = (Client: stream.Connection!.Remote, Server: Protocol.Turn.Relay.StreamEnd(stream.Connection.Local.Address));
        _streams[ends] = new(stream);
        stream.Received = (_, frame) =>
        {
            Relay.HandleDatagram(frame, ends.Client, ends.Server, _computer.World.Now);
            Drain();
        };
        stream.Closed = _ =>
        {
            _streams.Remove(ends);
            Relay.EndStream(ends.Client, ends.Server, _computer.World.Now);
            Drain();
        };
    }

    /// <summary>Every client over TCP is cut off.</summary>
    public void CutStreams()
    {
        foreach (var stream in _streams.Values.ToArray())
        {
            stream.Close();
        }
    }

    private static BindingSites Sites(IpAddress[] addresses, ushort port) => addresses.Length == 1
        ? BindingSites.OneAddress(new(addresses[0], port), (ushort)(port + 1))
        : BindingSites.TwoAddresses(new(addresses[0], port), (ushort)(port + 1), addresses[1]);

    private void Take(ReadOnlySpan<byte> datagram, Endpoint source, Endpoint local)
    {
        if (!_binding.HandleDatagram(datagram, source, local, _computer.World.Now))
        {
            Relay.HandleDatagram(datagram, source, local, _computer.World.Now);
        }

        Drain();
    }

    private void Drain()
    {
        bool more;
        do
        {
            more = false;
            while (Relay.TryTransmit(_buffer, out var transmit) || _binding.TryTransmit(_buffer, out transmit))
            {
                var datagram = _buffer.AsSpan(0, transmit.Length);
                if (transmit.Source.Port != 0)
                {
                    _computer.Send(datagram, transmit.Source, transmit.Destination, transmit.TimeToLive);
                }
                else if (_streams.TryGetValue((transmit.Destination, transmit.Source), out var stream))
                {
                    stream.Send(datagram);
                }
            }

            while (Relay.TryTakeEvent(out var happened))
            {
                Handle(happened);
                more = true;
            }
        }
        while (more);
    }

    private void Handle(RelayEvent happened)
    {
        switch (happened)
        {
            case RelayEvent.OpenSocket open:
                _computer.Bind(open.Relayed.Address, Take, open.Relayed.Port);
                Relay.SocketOpened(open.Relayed, _computer.World.Now);
                break;
            case RelayEvent.CloseSocket close:
                _computer.Close(close.Relayed);
                break;
        }
    }
}

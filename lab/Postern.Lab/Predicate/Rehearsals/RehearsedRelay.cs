using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts;
using Postern.Protocol.Net;
using Postern.Protocol.Stun;

namespace Postern.Lab.Predicate.Rehearsals;

/// <summary>What a rehearsed peer has to do with the server: asking how its sockets are seen, a relay, and what goes over that while a direct path is looked for.</summary>
/// <param name="home">Where the peer stands.</param>
/// <param name="server">The whole server side.</param>
/// <param name="roundTrip">To the server.</param>
/// <param name="tell">Called when there is a new candidate.</param>
internal sealed class RehearsedRelay(Home home, LabServer server, TimeSpan roundTrip, Action tell)
{
    /// <summary>Round trips to the server until there is a relay: credentials, and a request that is refused before one that is not (RFC 8489 §9.2).</summary>
    public const int ToAllocate = 3;

    private const int BusyRoundTrips = 10; // allocation, permissions, checks over the relay, and the handshake
    private const double StreamAfter = 0.8; // seconds without a word of the relay over UDP
    private const double Learns = 5; // seconds: where nothing direct is found, ports are measured anew
    private const double Keepalive = 15; // seconds (RFC 8445 §11)
    private const int EnoughAnswers = 3; // as many round trips at least take checks over the relay, and the handshake

    private static readonly (double Least, double Most) Consent = (4, 6); // seconds (RFC 7675 §5.1)
    private static readonly (double Least, double Most) Reserve = (10, 13); // seconds, of a path that is not in use, as Postern keeps it

    private readonly List<Endpoint> _sockets = [];
    private Instant _busyUntil;
    private Instant _settled = Instant.Never;
    private int _answers; // since all guards have seen the first checks
    private bool _hasStream;
    private bool _isKept;

    /// <summary>Candidates for the other side: how the server sees the sockets.</summary>
    public HashSet<Endpoint> Mapped { get; } = [];

    /// <summary>Where the other side reaches this one over the server; null before there is an allocation.</summary>
    public Endpoint? Relayed { get; private set; }

    /// <summary>Whether it is there, over whichever transport.</summary>
    public bool IsThere => _answers >= EnoughAnswers || _hasStream;

    private World World => home.Computer.World;

    public void Begin(IEnumerable<Endpoint> sockets)
    {
        _sockets.AddRange(sockets);
        _busyUntil = World.Now + (BusyRoundTrips * roundTrip);
        foreach (var socket in _sockets)
        {
            RehearsedPauses.Repeat(World, () => Mapped.Any(mapped => mapped.IsV4 == socket.IsV4), () => Ask(socket));
        }

        World.At(TimeSpan.FromSeconds(StreamAfter), Dial);
    }

    /// <summary>The first checks have gone out: what the server answers from a little later on, guards have left.</summary>
    public void Settle(TimeSpan later)
    {
        _settled = World.Now + later;
        World.At(_settled, () => RehearsedPauses.Repeat(World, () => IsThere, () => _sockets.ForEach(Ask)));
    }

    /// <summary>Takes what the server's addresses send.</summary>
    public void Take(ReadOnlySpan<byte> datagram, Endpoint socket)
    {
        if (StunMessage.TryParse(datagram, out var message) != StunError.None || !message.TryGetXorAddress(StunAttributeType.XorMappedAddress, out var mapped))
        {
            return;
        }

        _answers += World.Now > _settled ? 1 : 0;
        if (World.Now < _busyUntil)
        {
            Ask(socket);
        }

        if (Mapped.Count == 0)
        {
            World.At((ToAllocate - 1) * roundTrip, Allocate);
        }

        if (Mapped.Add(mapped))
        {
            tell();
        }
    }

    /// <summary>Both sides talk over the callee's relay and keep the caller's in reserve (RFC 7675 §5.1), each asking and answering.</summary>
    /// <param name="others">The other side's relayed candidate.</param>
    /// <param name="isCaller">Whether this side goes to the other's relay.</param>
    public void Keep(Endpoint others, bool isCaller)
    {
        if (_isKept)
        {
            return;
        }

        _isKept = true;
        World.At(TimeSpan.FromSeconds(Learns), () => _sockets.ForEach(Ask));
        Again(() => _sockets.ForEach(Ask), Keepalive, Keepalive);
        foreach (var _ in Enumerable.Repeat(0, 2))
        {
            Again(isCaller ? () => Send(others) : () => _sockets.ForEach(Ask), Consent.Least, Consent.Most);
            Again(isCaller ? () => _sockets.ForEach(Ask) : () => Send(others), Reserve.Least, Reserve.Most);
        }
    }

    private void Send(Endpoint relayed) => home.Computer.Send([0], _sockets.First(socket => socket.IsV4 == relayed.IsV4), relayed);

    private void Again(Action send, double least, double most) => World.At(TimeSpan.FromSeconds(least + (World.Random.NextDouble() * (most - least))), () =>
    {
        send();
        Again(send, least, most);
    });

    private void Allocate()
    {
        var at = ServerFor(_sockets[0]).Address;
        Relayed = server.Computer.Bind(at, (datagram, source, local) => server.Computer.Send(datagram, local, source));
        tell();
    }

    private void Dial()
    {
        if (Mapped.Count == 0)
        {
            new FrameStream(home.Computer) { Opened = _ => Reach(), Received = (_, _) => { }, Closed = _ => { } }.Connect(home.Peer.Dialled);
        }
    }

    private void Reach()
    {
        _hasStream = true;
        tell();
    }

    private void Ask(Endpoint socket)
    {
        var question = new byte[StunMessage.HeaderSize];
        _ = new StunWriter(question, StunClass.Request, StunMethod.Binding, TransactionId.Draw(World.Random));
        home.Computer.Send(question, socket, ServerFor(socket));
    }

    private Endpoint ServerFor(Endpoint socket) => server.Endpoints.First(endpoint => endpoint.IsV4 == socket.IsV4);
}

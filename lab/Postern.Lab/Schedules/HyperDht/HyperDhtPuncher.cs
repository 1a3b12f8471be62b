using Postern.Protocol.Net;

namespace Postern.Lab.Schedules.HyperDht;

/// <summary>One side's puncher (lib/holepuncher.js).</summary>
internal sealed class HyperDhtPuncher
{
    private const int Fan = 256;
    private const int Tries = 10;
    private const int RandomTries = 1750;
    private const int FirstRandomPort = 1000;
    private const int BeyondRandomPorts = 65536;
    private const byte ShortLife = 5; // passes the own box, not the other one
    private static readonly Pause BetweenTries = Pause.Seconds(1);
    private static readonly Pause BetweenRandomTries = Pause.Milliseconds(20);
    private static readonly Pause AfterFan = Pause.Milliseconds(100);

    private readonly ScheduleWorld _world;
    private readonly Party _party;
    private readonly bool _isInitiator;
    private readonly List<Endpoint> _sockets = [];
    private bool _isConnected;

    public HyperDhtPuncher(ScheduleWorld world, Party party, bool isInitiator)
    {
        (_world, _party, _isInitiator) = (world, party, isInitiator);
        _sockets.Add(party.Open(Take));
        Samples = new(party, _sockets[0]);
    }

    public HyperDhtSamples Samples { get; }

    /// <summary>What it tells of its mapped endpoints: of a random one only the address is of use.</summary>
    public IReadOnlyList<Endpoint> Addresses =>
    [
        .. Samples.Seen.Index().Where(seen => seen.Index < (Samples.Nat == HyperDhtNat.Random ? 1 : 2) || seen.Item.Hits >= 2).Select(seen => seen.Item.Endpoint),
    ];

    /// <summary>Opens its own box towards an endpoint, so that the other box does not hear of it.</summary>
    public void OpenSession(Endpoint target) => Send(_sockets[0], target, ShortLife);

    public void Ping(Endpoint target) => Send(_sockets[0], target);

    /// <summary>Punches; not at all where both sides' ports are random.</summary>
    public IEnumerable<Pause> Punch(HyperDhtNat other, IReadOnlyList<Endpoint> addresses) => (Samples.Nat, other) switch
    {
        (HyperDhtNat.Consistent, HyperDhtNat.Consistent) => TryEach(addresses),
        (HyperDhtNat.Consistent, HyperDhtNat.Random) => TryRandomPorts(addresses[0].Address),
        (HyperDhtNat.Random, HyperDhtNat.Consistent) => KeepFanOpen(addresses[0]),
        _ => [],
    };

    /// <summary>Says hello until it hears of a round trip.</summary>
    public IEnumerable<Pause> Greet(Endpoint socket, Endpoint target)
    {
        for (var i = 0; i < Tries; i++)
        {
            _party.Send(new(Word.Hello), socket, target);
            yield return BetweenTries;
        }
    }

    private IEnumerable<Pause> TryEach(IReadOnlyList<Endpoint> addresses)
    {
        if (!_isInitiator)
        {
            yield return BetweenTries;
        }

        for (var i = 0; i < Tries && !_isConnected; i++)
        {
            foreach (var address in addresses)
            {
                Ping(address);
            }

            yield return BetweenTries;
        }
    }

    private IEnumerable<Pause> TryRandomPorts(IpAddress address)
    {
        for (var i = 0; i < RandomTries && !_isConnected; i++)
        {
            Ping(new(address, (ushort)_party.World.Random.Next(FirstRandomPort, BeyondRandomPorts)));
            yield return BetweenRandomTries;
        }
    }

    private IEnumerable<Pause> KeepFanOpen(Endpoint target)
    {
        while (_sockets.Count < Fan)
        {
            _sockets.Add(_party.Open(Take));
            Send(_sockets[^1], target, ShortLife);
        }

        yield return AfterFan;
        for (var i = 0; i < RandomTries && !_isConnected; i++)
        {
            Send(_sockets[i % Fan], target, i < Fan ? ShortLife : (byte)0);
            yield return BetweenRandomTries;
        }
    }

    private void Send(Endpoint socket, Endpoint target, byte timeToLive = 0) => _party.Send(new(Word.Probe), socket, target, timeToLive);

    // The initiator takes the first way on which it hears something; the other one answers on every way.
    private void Take(Letter letter, Endpoint source, Endpoint socket)
    {
        if (!_isInitiator)
        {
            if (letter.Word is Word.Probe or Word.Hello)
            {
                _party.Send(new(letter.Word == Word.Hello ? Word.Answer : Word.Probe), socket, source);
            }
        }
        else if (letter.Word == Word.Answer)
        {
            _world.Reach();
        }
        else if (letter.Word == Word.Probe && !_isConnected)
        {
            _isConnected = true;
            _party.Run(Greet(socket, source));
        }
    }
}

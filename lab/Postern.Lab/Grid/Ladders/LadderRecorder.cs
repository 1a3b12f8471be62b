using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Lab.Simulator;
using Postern.Lab.Simulator.Hosts.Proxies;
using Postern.Protocol.Net;

namespace Postern.Lab.Grid.Ladders;

/// <summary>Watches a world from the beginning of its call on, and makes a ladder of what it saw.</summary>
internal sealed class LadderRecorder
{
    /// <summary>Rungs of a ladder: as many as a page shows readably, and the whole grid stays a few megabytes.</summary>
    public const int MostRungs = 80;

    private const int MostFlights = 20_000; // a minute of a call has some hundreds

    private readonly PairWorld _pair;
    private readonly List<LadderPlace> _places = [];
    private readonly Dictionary<string, int> _networks = []; // a host's network stands for the host
    private readonly Dictionary<string, int> _boxes = [];
    private readonly Dictionary<long, Flight> _under = [];
    private readonly List<Flight> _flights = [];

    public LadderRecorder(PairWorld pair, PairOptions options)
    {
        _pair = pair;
        var callerNamesProxy = WayOut.NamesProxy(options.One);
        AddHome(pair.One, options.One, isFirst: true);
        AddProxy(callerNamesProxy);
        _networks["server"] = _networks["internet"] = _boxes["server|internet"] = Add("server", "Server");
        AddProxy(pair.Proxy is not null && !callerNamesProxy);
        AddHome(pair.Other, options.Other, isFirst: false);
        pair.World.Tap += See;
    }

    /// <summary>The ladder of what has been seen.</summary>
    public Ladder Finish(TrialOutcome outcome)
    {
        _pair.World.Tap -= See;
        var began = _pair.One.Peer.Calls is [var first, ..] ? first.StartedAt : _pair.World.Now;
        return LadderMaker.Make(_places, [.. _flights.Where(flight => flight.IsOver)], began, outcome);
    }

    private void AddHome(Home home, BoxDescription description, bool isFirst)
    {
        var titles = BoxCatalogue.Boxes(description).Select(box => box.Title);
        var boxes = home.Gateways.Zip(titles).Select(box => (box.First, box.Second)).ToArray();
        if (isFirst)
        {
            _networks[home.Gateways[0].Inner.Name] = Add("peer", home.Peer.Name);
        }

        foreach (var (gateway, title) in isFirst ? boxes : boxes.Reverse())
        {
            _boxes[gateway.Name] = Add("box", title);
        }

        if (!isFirst)
        {
            _networks[home.Gateways[0].Inner.Name] = Add("peer", home.Peer.Name);
        }
    }

    /// <summary>It stands between the server and whose it is; where both have it, at the caller's side.</summary>
    private void AddProxy(bool isHere)
    {
        if (isHere)
        {
            _networks[LabProxy.Name] = _boxes[$"{LabProxy.Name}|internet"] = Add("proxy", "Proxy");
        }
    }

    private int Add(string role, string title)
    {
        _places.Add(new(role, title));
        return _places.Count - 1;
    }

    private void See(Sighting sighting)
    {
        if (_pair.One.Peer.Calls.Count == 0 || PlaceOf(sighting) is not { } place)
        {
            return;
        }

        var number = sighting.Packet.Number;
        if (!_under.TryGetValue(number, out var flight))
        {
            // What a box answers of itself is first seen where it next passes; anything else would be a copy of what has arrived.
            var begins = sighting.Kind == SightingKind.Sent || sighting.Packet.Header.Transport == Packets.Transport.IcmpError;
            if (!begins || _flights.Count == MostFlights || PacketKinds.Of(sighting.Packet) is not { } kind)
            {
                return;
            }

            flight = new(sighting.At, place, kind, sighting.Packet.Header.Source, sighting.Packet.Header.Destination);
            _under.Add(number, flight);
            _flights.Add(flight);
        }

        (flight.Ended, flight.To, flight.SeenAs) = (sighting.At, place, sighting.Header.Source);
        if (sighting.Kind is SightingKind.Delivered or SightingKind.Dropped)
        {
            (flight.Dropped, flight.IsOver) = (sighting.Reason, true);
            _under.Remove(number);
        }
    }

    private int? PlaceOf(in Sighting sighting) =>
        _boxes.TryGetValue(sighting.Place, out var place) || _networks.TryGetValue(sighting.Place, out place) ? place : null;
}

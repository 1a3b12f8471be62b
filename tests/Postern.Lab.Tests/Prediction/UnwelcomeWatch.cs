using Postern.Lab.Packets;
using Postern.Lab.Simulator;
using Postern.Protocol.Net;
using Postern.Protocol.Probing;

namespace Postern.Tests.Prediction;

/// <summary>Sees every datagram of a call, its relays' included, that is the first to a port that means something else to others.</summary>
internal sealed class UnwelcomeWatch
{
    private readonly PairWorld _pair;
    private readonly HashSet<Endpoint> _servers;
    private readonly HashSet<(Endpoint Local, Endpoint Remote)> _heard = [];

    public UnwelcomeWatch(PairWorld pair)
    {
        _pair = pair;
        _servers = [.. pair.Server.StunServers.SelectMany(server => new[] { server, server with { Port = (ushort)(server.Port + 1) } })];
        pair.World.Tap += See;
    }

    /// <summary>Such datagrams: whence and where.</summary>
    public List<(Endpoint Source, Endpoint Destination)> Probes { get; } = [];

    /// <summary>Answers, and what followed them.</summary>
    public int Answered { get; private set; }

    private void See(Sighting sighting)
    {
        var (source, destination) = (sighting.Packet.Header.Source, sighting.Packet.Header.Destination);
        if (sighting.Packet.Header.Transport != Transport.Udp || _servers.Contains(source) || _servers.Contains(destination))
        {
            return;
        }

        if (sighting.Kind == SightingKind.Delivered)
        {
            _heard.Add((destination, source));
        }
        else if (sighting.Kind == SightingKind.Sent && UnwelcomePorts.Contains(destination.Port) && IsOurs(source.Address))
        {
            var isAnswer = _heard.Contains((source, destination));
            Answered += isAnswer ? 1 : 0;
            if (!isAnswer)
            {
                Probes.Add((source, destination));
            }
        }
    }

    private bool IsOurs(IpAddress address) =>
        _pair.One.Computer.Addresses.Contains(address) || _pair.Other.Computer.Addresses.Contains(address) || _pair.Server.Computer.Addresses.Contains(address);
}

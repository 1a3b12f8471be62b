using Postern.Protocol.Net;

namespace Postern.Lab.Schedules;

/// <summary>What one side has sent, as its network sees it; the servers' own endpoints are no probes.</summary>
internal sealed class PartyTally(IReadOnlyList<IpAddress> servers)
{
    private readonly HashSet<Endpoint> _probed = [];
    private readonly HashSet<(Endpoint Socket, Endpoint Destination)> _flows = [];

    /// <summary>Different endpoints that it has sent to.</summary>
    public int Ports => _probed.Count;

    /// <summary>Sockets that it has opened.</summary>
    public int Sockets { get; set; }

    /// <summary>Different pairs of socket and destination: the entries that a router has to keep for it.</summary>
    public int Flows => _flows.Count;

    public int Packets { get; private set; }

    public void Count(Endpoint socket, Endpoint destination)
    {
        Packets++;
        _flows.Add((socket, destination));
        if (!servers.Contains(destination.Address))
        {
            _probed.Add(destination);
        }
    }
}

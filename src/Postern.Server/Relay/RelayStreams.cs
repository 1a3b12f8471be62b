using System.Net.WebSockets;
using Postern.Protocol.Net;

namespace Postern.Server.Relay;

/// <summary>
/// The relay's streams by their two ends, and who of them has nothing to show yet: strangers are few, in all and from one network.
/// Only under the driver's lock.
/// </summary>
internal sealed class RelayStreams
{
    /// <summary>In all; as many as the switchboard has of those who have not logged in.</summary>
    public const int Strangers = 1024;

    /// <summary>Of one address (IPv6: a /64), which may be an office, or a proxy that everybody comes through.</summary>
    public const int StrangersOfOne = 64;

    private readonly Dictionary<(Endpoint Client, Endpoint Server), RelayStream> _streams = [];
    private readonly Dictionary<IpAddress, int> _byNetwork = [];
    private int _strangers;

    public int Count => _streams.Count;

    /// <summary>Whether there are too many that have no allocation, in all or from this client's network.</summary>
    public bool IsCrowded(Endpoint client) => _strangers == Strangers || _byNetwork.GetValueOrDefault(NetworkOf(client)) == StrangersOfOne;

    /// <summary>False where there are too many.</summary>
    public bool TryAdd(RelayStream stream)
    {
        var network = NetworkOf(stream.Ends.Client);
        if (IsCrowded(stream.Ends.Client) || !_streams.TryAdd(stream.Ends, stream))
        {
            return false;
        }

        _strangers++;
        _byNetwork[network] = _byNetwork.GetValueOrDefault(network) + 1;
        return true;
    }

    public RelayStream? Find(Endpoint client, Endpoint server) => _streams.GetValueOrDefault((client, server));

    /// <summary>It has an allocation now.</summary>
    public void Welcome(RelayStream stream)
    {
        if (!stream.IsStranger)
        {
            return;
        }

        stream.IsStranger = false;
        _strangers--;
        var network = NetworkOf(stream.Ends.Client);
        if (--_byNetwork[network] == 0)
        {
            _byNetwork.Remove(network);
        }
    }

    public void Remove(RelayStream stream)
    {
        Welcome(stream);
        _streams.Remove(stream.Ends);
    }

    public void CloseAll()
    {
        foreach (var stream in _streams.Values)
        {
            stream.Close(WebSocketCloseStatus.EndpointUnavailable, "The relay is stopping.");
        }
    }

    private static IpAddress NetworkOf(Endpoint client) => client.Address.IsV4 ? client.Address : new(client.Address.Bits >> 64 << 64);
}

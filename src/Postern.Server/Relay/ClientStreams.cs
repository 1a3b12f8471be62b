using System.Net.WebSockets;
using Postern.Protocol.Net;

namespace Postern.Server.Relay;

/// <summary>
/// The relay's streams by their two ends, and who of them has nothing to show yet: strangers are few, in all and from one network.
/// Only under the driver's lock.
/// </summary>
internal sealed class ClientStreams
{
    /// <summary>In all; as many as the switchboard has of those who have not logged in.</summary>
    public const int Strangers = 1024;

    /// <summary>Of one address (IPv6: a /64), which may be an office, or a proxy that everybody comes through.</summary>
    public const int StrangersOfOne = 64;

    private readonly Dictionary<(Endpoint Client, Endpoint Server), ClientStream> _streams = [];
    private readonly LinkedList<ClientStream> _strangers = new();
    private readonly Dictionary<IpAddress, LinkedList<ClientStream>> _byNetwork = [];
    private readonly List<ClientStream> _freed = [];

    public int Count => _streams.Count;

    /// <summary>Where there are too many strangers the oldest has to go: it has had the most time. False where these ends are taken.</summary>
    public bool TryAdd(ClientStream stream)
    {
        if (!_streams.TryAdd(stream.Ends, stream))
        {
            return false;
        }

        var network = NetworkOf(stream.Ends.Client);
        var ofOne = _byNetwork.GetValueOrDefault(network) ?? new();
        if ((ofOne.Count == StrangersOfOne ? ofOne : _strangers.Count == Strangers ? _strangers : null)?.First is { Value: var oldest })
        {
            Forget(oldest);
            oldest.Close(WebSocketCloseStatus.PolicyViolation, "Others wait for an allocation too.");
        }

        _strangers.AddLast(stream);
        ofOne.AddLast(stream);
        _byNetwork[network] = ofOne; // forgetting the oldest may have taken it out
        return true;
    }

    public ClientStream? Find(Endpoint client, Endpoint server) => _streams.GetValueOrDefault((client, server));

    /// <summary>It has an allocation now.</summary>
    public void Welcome(ClientStream stream)
    {
        stream.IsStranger = false;
        Forget(stream);
    }

    /// <summary>It has none any more: nobody counts it, so it must go, once it has been told what it asked for.</summary>
    public void Dismiss(Endpoint client, Endpoint server)
    {
        if (Find(client, server) is { } stream)
        {
            _freed.Add(stream);
        }
    }

    /// <summary>Closes those that were dismissed.</summary>
    public void CloseDismissed()
    {
        _freed.ForEach(stream => stream.Close(WebSocketCloseStatus.PolicyViolation, "There is no allocation on this stream any more."));
        _freed.Clear();
    }

    public void Remove(ClientStream stream)
    {
        Forget(stream);
        _streams.Remove(stream.Ends);
    }

    public void CloseAll()
    {
        foreach (var stream in _streams.Values)
        {
            stream.Close(WebSocketCloseStatus.EndpointUnavailable, "The relay is stopping.");
        }
    }

    /// <summary>Counts it as a stranger no more.</summary>
    private void Forget(ClientStream stream)
    {
        var network = NetworkOf(stream.Ends.Client);
        if (_strangers.Remove(stream) && _byNetwork[network] is var ofOne && ofOne.Remove(stream) && ofOne.Count == 0)
        {
            _byNetwork.Remove(network);
        }
    }

    private static IpAddress NetworkOf(Endpoint client) => client.Address.IsV4 ? client.Address : new(client.Address.Bits >> 64 << 64);
}

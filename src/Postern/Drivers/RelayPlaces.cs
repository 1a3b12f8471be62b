using System.Net;
using System.Net.Sockets;
using Postern.Protocol.Net;
using Postern.Protocol.Switching.Frames;

namespace Postern.Drivers;

/// <summary>Where a switchboard's relays are.</summary>
/// <param name="Relays">For STUN and TURN.</param>
/// <param name="Stun">For NAT measurements: the relays, and their second addresses.</param>
/// <param name="OfferStream">The relays that are reached over a stream too.</param>
internal sealed record RelayPlaces(IReadOnlyList<Endpoint> Relays, IReadOnlyList<Endpoint> Stun, IReadOnlySet<Endpoint> OfferStream)
{
    /// <summary>Looks up the hosts; one that cannot be looked up is left out.</summary>
    public static async Task<RelayPlaces> ResolveAsync(Uri switchboard, IReadOnlyList<RelayEndpoint> named, CancellationToken cancellationToken)
    {
        var relays = new List<Endpoint>();
        var stun = new List<Endpoint>();
        var streams = new HashSet<Endpoint>();
        foreach (var relay in named)
        {
            foreach (var address in await LookUpAsync(relay.Host ?? switchboard.DnsSafeHost, cancellationToken).ConfigureAwait(false))
            {
                relays.Add(new(address, (ushort)relay.Port));
                if (relay.Stream)
                {
                    streams.Add(relays[^1]);
                }
            }

            stun.AddRange(relays.Except(stun));
            if (relay.SecondHost is { } second)
            {
                foreach (var address in await LookUpAsync(second, cancellationToken).ConfigureAwait(false))
                {
                    stun.Add(new(address, (ushort)relay.Port));
                }
            }
        }

        return new(relays, stun, streams);
    }

    private static async Task<IEnumerable<IpAddress>> LookUpAsync(string host, CancellationToken cancellationToken)
    {
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(host, cancellationToken).ConfigureAwait(false);
            return addresses.Select(IpAddress.From).DistinctBy(address => address.IsV4);
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            return [];
        }
    }
}

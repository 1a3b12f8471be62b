using Postern.Protocol.Prediction;

namespace Postern.Protocol.Nat;

/// <summary>A NAT for draws: endpoints are pairs of an address and a port, both by number. Filter state belongs to the mapping.</summary>
/// <param name="mapping">Endpoint-independent too where nothing is translated.</param>
/// <param name="filtering">What was not measured is taken for strict.</param>
/// <param name="addresses">How many it draws from.</param>
/// <param name="ports">From how many it draws ports that may be in use already; 1 where each mapping of a socket has the same, 0 where each has a new one.</param>
internal sealed class DrawnNat(NatDependence mapping, NatDependence filtering, int addresses, int ports)
{
    /// <summary>What a server saw: the first address, and the first port.</summary>
    public static readonly (int Address, int Port) Told = (0, 0);

    private readonly Dictionary<(int Address, int Port), (int Address, int Port)> _mappings = [];
    private readonly HashSet<((int, int) Own, (int Address, int Port) Remote)> _opened = [];
    private int _used;

    public static DrawnNat Of(NatReport report) => new(
        report.IsTranslated ? report.Mapping : NatDependence.EndpointIndependent,
        report.Filtering,
        AddressPool.Of(report).Count,
        PortClasses.Of(report) is PortClass.Roams or PortClass.Stays ? 1 : ReusesPorts(report) ? report.Ports.BlockSize : 0);

    /// <summary>Whether the port that a server saw may be drawn once more.</summary>
    public static bool ReusesPorts(NatReport report) => report.OverloadsPorts && PortClasses.Of(report) == PortClass.Draws;

    /// <summary>Sends to an endpoint of the other side: from which of its own.</summary>
    public (int Address, int Port) Send((int Address, int Port) to, ref ulong luck)
    {
        var own = mapping switch
        {
            NatDependence.EndpointIndependent => Told,
            NatDependence.AddressDependent or NatDependence.NotPortDependent => Mapped(to with { Port = -1 }, ref luck),
            _ => Mapped(to, ref luck),
        };
        _opened.Add((own, to));
        return own;
    }

    public bool LetsIn((int Address, int Port) from, (int, int) own) => filtering switch
    {
        NatDependence.EndpointIndependent => true,
        NatDependence.AddressDependent or NatDependence.NotPortDependent => _opened.Any(open => open.Own == own && open.Remote.Address == from.Address),
        _ => _opened.Contains((own, from)),
    };

    public void Forget()
    {
        _mappings.Clear();
        _opened.Clear();
        _used = 0;
    }

    private (int, int) Mapped((int, int) destination, ref ulong luck)
    {
        if (!_mappings.TryGetValue(destination, out var own))
        {
            _mappings[destination] = own = (Draw(addresses, ref luck), ports > 0 ? Draw(ports, ref luck) : ++_used);
        }

        return own;
    }

    private static int Draw(int count, ref ulong luck)
    {
        if (count == 1)
        {
            return 0;
        }

        luck ^= luck << 13; // Marsaglia, Xorshift RNGs, 2003
        luck ^= luck >> 7;
        luck ^= luck << 17;
        return (int)(luck >> 33) % count;
    }
}

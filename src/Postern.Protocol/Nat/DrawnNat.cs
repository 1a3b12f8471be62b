using Postern.Protocol.Prediction;

namespace Postern.Protocol.Nat;

/// <summary>A NAT of one draw: endpoints are pairs of an address and a port, both by number. Filter state belongs to the mapping.</summary>
internal sealed class DrawnNat(NatReport report)
{
    /// <summary>What a server saw: the first address, and the first port.</summary>
    public static readonly (int Address, int Port) Told = (0, 0);

    private readonly Dictionary<(int Address, int Port), (int Address, int Port)> _mappings = [];
    private readonly HashSet<((int, int) Own, (int Address, int Port) Remote)> _opened = [];
    private readonly int _addresses = AddressPool.Of(report).Count;
    private readonly bool _keepsPort = PortClasses.Of(report) is PortClass.Roams or PortClass.Stays;
    private int _ports;

    /// <summary>Sends to an endpoint of the other side: from which of its own.</summary>
    public (int Address, int Port) Send((int Address, int Port) to, ref ulong luck)
    {
        var own = report.Mapping == NatDependence.EndpointIndependent || !report.IsTranslated ? Told : Mapped(report.Mapping is NatDependence.AddressDependent or NatDependence.NotPortDependent ? to with { Port = -1 } : to, ref luck);
        _opened.Add((own, to));
        return own;
    }

    public bool LetsIn((int Address, int Port) from, (int, int) own) => report.Filtering switch
    {
        NatDependence.EndpointIndependent => true,
        NatDependence.AddressDependent or NatDependence.NotPortDependent => _opened.Any(open => open.Own == own && open.Remote.Address == from.Address),
        _ => _opened.Contains((own, from)),
    };

    private (int, int) Mapped((int, int) destination, ref ulong luck)
    {
        if (!_mappings.TryGetValue(destination, out var own))
        {
            luck ^= luck << 13; // Marsaglia, Xorshift RNGs, 2003
            luck ^= luck >> 7;
            luck ^= luck << 17;
            _mappings[destination] = own = ((int)(luck >> 33) % _addresses, _keepsPort ? 0 : ++_ports);
        }

        return own;
    }
}

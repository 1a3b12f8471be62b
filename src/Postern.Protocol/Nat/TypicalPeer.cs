using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>A kind of peer that one meets often, and the report that one of its kind would send.</summary>
/// <param name="Id">An identifier that stays.</param>
/// <param name="Name">In plain words, with the technical word in parentheses.</param>
/// <param name="Report">As measured at such a peer.</param>
public sealed record TypicalPeer(string Id, string Name, NatReport Report)
{
    public static IReadOnlyList<TypicalPeer> Of(IpFamily family) => family == IpFamily.V4
        ?
        [
            Make("public", "a computer with a public address and no firewall", family, NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, PortRuleKind.Kept, isTranslated: false),
            Make("full-cone", "behind a router that lets everybody in once a port is open (full cone)", family, NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, PortRuleKind.Kept),
            Make("home-router", "behind a usual home router (port-restricted cone)", family, NatDependence.EndpointIndependent, NatDependence.AddressAndPortDependent, PortRuleKind.Kept),
            Make("carrier", "behind a strict carrier or company NAT (symmetric)", family, NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent, PortRuleKind.Random),
        ]
        :
        [
            Make("public", "a computer with a public address and no firewall", family, NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, PortRuleKind.Kept, isTranslated: false),
            Make("home-router", "behind a home router's firewall (IPv6 without translation)", family, NatDependence.EndpointIndependent, NatDependence.AddressAndPortDependent, PortRuleKind.Kept, isTranslated: false),
        ];

    private static TypicalPeer Make(
        string id, string name, IpFamily family, NatDependence mapping, NatDependence filtering, PortRuleKind ports, bool isTranslated = true)
    {
        // Of the addresses kept for documentation (RFC 5737, RFC 3849): nobody else has them.
        var mapped = Endpoint.Parse(family == IpFamily.V4 ? "192.0.2.200:50000" : "[2001:db8:c8::1]:50000");
        return new(id, name, new()
        {
            Family = family,
            Local = isTranslated ? Endpoint.Parse("192.168.1.2:50000") : mapped,
            Mapped = mapped,
            MappedAddresses = 1,
            IsTranslated = isTranslated,
            Mapping = mapping,
            Filtering = filtering,
            Ports = new() { Kind = ports },
            Hairpin = NatHairpin.No,
        });
    }
}

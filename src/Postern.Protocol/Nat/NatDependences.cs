using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>What a <see cref="NatDependence"/> makes of far endpoints.</summary>
public static class NatDependences
{
    /// <summary>What of a far endpoint counts: packets of one socket share a mapping where this is equal (RFC 4787 §4.1).</summary>
    public static Endpoint Towards(this NatDependence mapping, Endpoint far) => mapping switch
    {
        NatDependence.EndpointIndependent => Endpoint.None,
        NatDependence.AddressDependent => far with { Port = 0 },
        _ => far,
    };
}

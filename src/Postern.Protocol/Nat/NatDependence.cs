using System.Text.Json.Serialization;

namespace Postern.Protocol.Nat;

/// <summary>
/// On what of the far endpoint a NAT's mapping (RFC 4787 §4.1) or its filter (RFC 4787 §5) depends. Besides the three
/// behaviours of the RFC there are names for what can be told in part.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<NatDependence>))]
public enum NatDependence : byte
{
    Unknown,

    EndpointIndependent,

    /// <summary>Endpoint-independent or address-dependent: the server had no second address to tell them apart.</summary>
    NotPortDependent,

    AddressDependent,

    /// <summary>Address-dependent or address- and port-dependent: no two ports at one address to tell them apart.</summary>
    Dependent,

    AddressAndPortDependent,
}

using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Protocol.Prediction;

/// <summary>Classifies reports by what matters for prediction.</summary>
public static class PortClasses
{
    public static PortClass Of(NatReport? report) => report switch
    {
        null or { UdpBlocked: true } or { UdpLimited: true } => PortClass.Unknown,
        _ when report.Mapped == Endpoint.None => PortClass.Unknown,
        { IsTranslated: false } or { Mapping: NatDependence.EndpointIndependent } => PortClass.Stays,
        { Mapping: NatDependence.Unknown or NatDependence.NotPortDependent } => PortClass.Unknown,
        { Ports: { Kind: PortRuleKind.Step, Delta: not 0 } } => PortClass.Counts,
        { Ports.Kind: PortRuleKind.Kept or PortRuleKind.Offset, MappedAddresses: > 1 } => PortClass.Roams,
        { Ports: { Kind: PortRuleKind.Block or PortRuleKind.Random, BlockSize: > 1, BlockStart: > 0 } } => PortClass.Draws,
        _ => PortClass.Moves,
    };

    /// <summary>Which of its addresses it has towards each of the other side's is drawn once, whatever the port.</summary>
    public static bool DrawsOnce(NatReport? report) => report is { Mapping: NatDependence.AddressDependent } && AddressPool.Of(report).Count > 1;
}

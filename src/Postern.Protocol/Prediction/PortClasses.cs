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

    /// <summary>Ports that other hosts take a second, with two standard deviations on top: what was watched for a moment only is not certain.</summary>
    public static double CrossTraffic(PortRule ports)
    {
        var seconds = ports.WatchedMilliseconds / 1000;
        return seconds <= 0 ? 0 : (ports.ForeignMappings + (2 * Math.Sqrt(ports.ForeignMappings))) / seconds;
    }
}

using System.Globalization;
using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>A report in plain words: a sentence a line, the technical word last and in parentheses.</summary>
public static class NatReportText
{
    public static IReadOnlyList<string> Of(NatReport report)
    {
        if (report.Mapped == Endpoint.None)
        {
            return [NothingCameBack(report)];
        }

        return
        [
            Address(report),
            .. report.IsTranslated ? [Mapping(report.Mapping)] : Array.Empty<string>(),
            Filtering(report.Filtering),
            .. report.IsTranslated ? [Ports(report.Ports), Hairpin(report.Hairpin)] : Array.Empty<string>(),
            .. report.Unknowns.Select(u => Doubt(u.Doubt)).Distinct(),
        ];
    }

    private static string NothingCameBack(NatReport report) => report.Unknowns.Any(u => u.Doubt == NatDoubt.NoSocket)
        ? $"This computer has no {Name(report.Family)}."
        : $"Nothing came back over {Name(report.Family)}: the network lets no UDP out, or the server is down.";

    private static string Name(IpFamily family) => family == IpFamily.V4 ? "IPv4" : "IPv6";

    private static string Address(NatReport report)
    {
        var pool = report.MappedAddresses > 1 ? $" and {report.MappedAddresses - 1} further" : "";
        return report.IsTranslated
            ? $"The world sees this computer at {report.Mapped.Address}{pool}; a router translates its own address {report.Local.Address} (network address translation)."
            : $"This computer has the public address {report.Mapped.Address}; nothing translates it (no NAT).";
    }

    private static string Mapping(NatDependence mapping) => mapping switch
    {
        NatDependence.EndpointIndependent => "The router keeps one outer port for all targets, so others can be told where to send (endpoint-independent mapping).",
        NatDependence.NotPortDependent => "The router keeps one outer port for all ports of a target; whether for all targets could not be told (mapping not port-dependent).",
        NatDependence.AddressDependent => "The router uses another outer port for each target computer (address-dependent mapping).",
        NatDependence.Dependent => "The router uses another outer port for another target (address-dependent mapping, perhaps port-dependent too).",
        NatDependence.AddressAndPortDependent => "The router uses another outer port for each target, so nobody can be told in advance where to send (address- and port-dependent mapping).",
        _ => "Whether the router keeps one outer port for all targets could not be told (mapping unknown).",
    };

    private static string Filtering(NatDependence filtering) => filtering switch
    {
        NatDependence.EndpointIndependent => "Whoever knows an open port may send to it (endpoint-independent filtering).",
        NatDependence.NotPortDependent => "Computers that were sent something may answer from any port; whether others may send too could not be told (filtering not port-dependent).",
        NatDependence.AddressDependent => "Only computers that were sent something may answer, from any port (address-dependent filtering).",
        NatDependence.Dependent => "Only computers that were sent something may answer (address-dependent filtering, perhaps port-dependent too).",
        NatDependence.AddressAndPortDependent => "Only the exact port that was sent something may answer (address- and port-dependent filtering).",
        _ => "Who may send to an open port could not be told (filtering unknown).",
    };

    private static string Ports(PortRule ports) => ports.Kind switch
    {
        PortRuleKind.Kept => "New connections keep their port number (port preservation).",
        PortRuleKind.Offset => $"New connections get their port number {ports.Delta:+0;-0} (constant offset).",
        PortRuleKind.Step => $"Each new connection gets the last port {ports.Delta:+0;-0} (sequential ports){Traffic(ports)}.",
        PortRuleKind.Block => $"New connections get ports from one small block, about {ports.BlockSize} from {ports.BlockStart} on (port block).",
        PortRuleKind.Random => "New connections get random ports.",
        _ => "How the router chooses ports could not be told.",
    };

    private static string Traffic(PortRule ports) => ports.ForeignMappings > 0
        ? string.Create(CultureInfo.InvariantCulture, $"; others made {ports.ForeignMappings} in {ports.WatchedMilliseconds / 1000:0.0} s")
        : "";

    private static string Hairpin(NatHairpin hairpin) => hairpin switch
    {
        NatHairpin.Yes or NatHairpin.YesFromInside => "Two computers in this network can meet at the router's outer address (hairpinning).",
        NatHairpin.No => "Two computers in this network cannot meet at the router's outer address (no hairpinning).",
        _ => "Whether two computers in this network can meet at the router's outer address could not be told (hairpinning unknown).",
    };

    private static string Doubt(NatDoubt doubt) => doubt switch
    {
        NatDoubt.NoAnswer => "Not all of the server's answers came.",
        NatDoubt.NoSocket => "Not all sockets could be opened.",
        NatDoubt.NoSecondAddress => "The server has only one address, so part of this could not be measured.",
        NatDoubt.NoSecondPort => "The server has only one port, so part of this could not be measured.",
        NatDoubt.OtherEndpointSilent => "The server's second address or port does not answer, so part of this could not be measured.",
        NatDoubt.ChangeRefused => "The server does not answer from elsewhere when asked to, so part of this could not be measured.",
        NatDoubt.TooFewSamples => "Too few answers came to see how ports are chosen.",
        NatDoubt.MappingMoves => "Since each target gets a port of its own, neighbours cannot try the one that the server saw.",
        NatDoubt.NotAsked => "Hairpinning was not tried.",
        _ => "The time for measuring was over.",
    };
}

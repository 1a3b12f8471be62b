using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Lab.Predicate;

/// <summary>
/// All of a box that questions to one STUN server with two addresses can find out. Boxes with equal traits cannot be told
/// apart so.
/// </summary>
/// <param name="IsOpen">Whether UDP to the server passes.</param>
/// <param name="Translates">Whether the outer address is another one.</param>
/// <param name="Mapping">As the world sees it.</param>
/// <param name="Filtering">Of all boxes of a row together.</param>
/// <param name="Hairpin">Of the outermost NAT.</param>
/// <param name="Addresses">How many outer addresses there are.</param>
/// <param name="Ports">The rule of the NAT that decides on ports; null where nothing translates.</param>
/// <param name="CrossTraffic">Foreign mappings a second at that NAT, where they move its ports; else 0.</param>
public sealed record BoxKind(
    bool IsOpen, bool Translates, NatDependence Mapping, NatDependence Filtering, NatHairpin Hairpin, int Addresses, PortAssignment? Ports, double CrossTraffic)
{
    private static readonly Endpoint Inner = Endpoint.Parse("192.168.1.10:50000");
    private static readonly Endpoint Outer = Endpoint.Parse("198.51.100.2:50000");
    private static readonly BoxKind Blocked = new(false, false, default, default, default, 0, null, 0);

    public static BoxKind Of(BoxDescription description)
    {
        var truth = BoxTruth.Of(description, Inner, Outer);
        if (truth.UdpBlocked)
        {
            return Blocked;
        }

        var deciding = truth.IsTranslated ? BoxTruth.DecidingOnPorts(description) : null;
        return new(
            true, truth.IsTranslated, truth.Mapping, truth.Filtering, truth.Hairpin, truth.MappedAddresses, deciding is null ? null : Seen(deciding.Ports),
            deciding?.Ports.Rule == PortRuleKind.Step ? deciding.CrossTraffic : 0);
    }

    /// <summary>The rule by what comes of it: who always finds its port taken draws one.</summary>
    private static PortAssignment Seen(PortAssignment ports) => ports.Rule switch
    {
        PortRuleKind.Kept when ports.Taken == 0 => new() { Rule = PortRuleKind.Kept },
        PortRuleKind.Kept => new() { Rule = PortRuleKind.Random, First = ports.First, Last = ports.Last },
        _ => ports,
    };
}

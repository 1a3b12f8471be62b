using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Packets;
using Postern.Protocol.Nat;

namespace Postern.Lab.Grid;

/// <summary>The order of rows and columns: what is easily reached first, so that the grid has its colours in fields.</summary>
public static class GridOrder
{
    /// <summary>By kind; NATs by mapping, filtering and how hard their ports are to tell beforehand.</summary>
    public static IReadOnlyList<BoxDescription> Of(IEnumerable<BoxDescription> boxes) =>
    [
        .. boxes.OrderBy(box => GridBox.Of(box).Kind)
            .ThenBy(box => !LetsUdpOut(box))
            .ThenBy(box => Mapping(box))
            .ThenBy(box => BoxCatalogue.Nat(box)?.Filtering)
            .ThenBy(box => BoxCatalogue.Nat(box)?.Ports.Rule)
            .ThenBy(box => BoxCatalogue.Nat(box)?.CrossTraffic)
            .ThenBy(box => BoxCatalogue.Nat(box)?.Ports.BlockSize)
            .ThenBy(box => box.Id, StringComparer.Ordinal),
    ];

    private static bool LetsUdpOut(BoxDescription box) =>
        box.Firewall?.Outgoing is not { } rules || rules.Any(rule => rule.Protocol == Transport.Udp && (rule.To.Count == 0 || rule.To.Contains("server")));

    // A port that is always the same looks to the world like one mapping.
    private static NatDependence? Mapping(BoxDescription box) => BoxCatalogue.Nat(box) is not { } rules ? null
        : rules.Ports is { Rule: PortRuleKind.Kept or PortRuleKind.Offset, Taken: 0 } ? NatDependence.EndpointIndependent
        : rules.Mapping;
}

using Postern.Lab.Boxes.Descriptions;
using Postern.Protocol.Net;

namespace Postern.Lab.Namespaces.Topologies;

/// <summary>A network with its box and addresses.</summary>
public sealed record PlannedNetwork
{
    public required string Name { get; init; }

    /// <summary>Null for the internet.</summary>
    public required PlannedNetwork? Parent { get; init; }

    /// <summary>A single box, no row.</summary>
    public required BoxDescription Box { get; init; }

    public required bool IsTun { get; init; }

    public required TopologyLink Up { get; init; }

    public required TopologyLink Down { get; init; }

    public required IpPrefix Inner { get; init; }

    public required IpPrefix Inner6 { get; init; }

    /// <summary>The router's IPv4 addresses outside; one at least, although a box that translates nothing needs none for itself.</summary>
    public required IReadOnlyList<IpAddress> Outer { get; init; }

    public required IpAddress Outer6 { get; init; }

    /// <summary>The router's address inside.</summary>
    public IpAddress Gateway => Nth(Inner, 1);

    public IpAddress Gateway6 => Nth(Inner6, 1);

    /// <summary>Whether the addresses inside are used outside too.</summary>
    public bool IsOpen => BoxCatalogue.OuterAddresses(Box) == 0;

    internal static IpAddress Nth(IpPrefix prefix, int number) => new(prefix.First.Bits + (UInt128)number);
}

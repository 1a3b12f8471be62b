namespace Postern.Lab.Namespaces.Topologies;

/// <summary>A topology with every address, box and router decided. Outer networks stand before those inside them.</summary>
/// <param name="Name">Of the laboratory.</param>
/// <param name="Networks">Those of the topology, and those that a row of boxes adds.</param>
/// <param name="Hosts">All hosts.</param>
public sealed record LabPlan(string Name, IReadOnlyList<PlannedNetwork> Networks, IReadOnlyList<PlannedHost> Hosts)
{
    /// <summary>The core of the internet.</summary>
    public static readonly Postern.Protocol.Net.IpAddress Core = Postern.Protocol.Net.IpAddress.Parse("203.0.113.1");

    public static readonly Postern.Protocol.Net.IpAddress Core6 = Postern.Protocol.Net.IpAddress.Parse("2001:db8::1");
}

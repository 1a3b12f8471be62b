namespace Postern.Lab.Namespaces.Topologies;

/// <summary>Networks behind boxes, one in another, and hosts in them (<c>catalogue/lab-topology.schema.json</c>). Addresses choose themselves.</summary>
public sealed record Topology
{
    /// <summary>For editors.</summary>
    public string? Schema { get; init; }

    public IReadOnlyDictionary<string, TopologyNetwork> Networks { get; init; } = new Dictionary<string, TopologyNetwork>();

    public IReadOnlyDictionary<string, TopologyHost> Hosts { get; init; } = new Dictionary<string, TopologyHost>();
}

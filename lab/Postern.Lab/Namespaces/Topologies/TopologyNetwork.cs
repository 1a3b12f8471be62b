using System.Text.Json;

namespace Postern.Lab.Namespaces.Topologies;

/// <summary>A network behind a box.</summary>
public sealed record TopologyNetwork
{
    public const string Internet = "internet";

    /// <summary>The network that lies outside of it.</summary>
    public string In { get; init; } = Internet;

    /// <summary>The id of a box under <c>catalogue/nats</c>, a description as there, or in a file the path of one from that file's folder on.</summary>
    public JsonElement Box { get; init; } = JsonSerializer.SerializeToElement("linux");

    public RouterKind Router { get; init; }

    /// <summary>From inside to outside.</summary>
    public TopologyLink Up { get; init; } = new();

    /// <summary>From outside to inside.</summary>
    public TopologyLink Down { get; init; } = new();
}

namespace Postern.Lab.Namespaces.Topologies;

/// <summary>A computer.</summary>
public sealed record TopologyHost
{
    /// <summary>The network that it is in.</summary>
    public string In { get; init; } = TopologyNetwork.Internet;

    /// <summary>How many IPv4 addresses it has; a STUN server that tests NATs needs two.</summary>
    public int Addresses { get; init; } = 1;
}

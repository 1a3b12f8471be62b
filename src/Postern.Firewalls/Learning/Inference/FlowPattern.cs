namespace Postern.Firewalls.Learning.Inference;

/// <summary>By what a rule was recognised.</summary>
public enum FlowPattern : byte
{
    /// <summary>One port serves.</summary>
    Service,

    /// <summary>Source and destination port are the same ("to=from").</summary>
    SamePort,

    /// <summary>One fixed source port towards many destination ports, as hole punchers have it.</summary>
    FixedSource,

    /// <summary>Many destination ports of no order.</summary>
    ManyPorts,

    /// <summary>Broadcasts and multicasts: kept out of the log, not let through.</summary>
    Noise,
}

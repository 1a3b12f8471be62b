namespace Postern.Firewalls.Learning;

/// <summary>What a full table no longer tells apart.</summary>
public enum FlowWidening : byte
{
    /// <summary>All is known but the order of source ports.</summary>
    None,

    /// <summary>Destinations of one port are one group.</summary>
    Destinations,

    /// <summary>So are all ports, which are kept as a set.</summary>
    Ports,
}

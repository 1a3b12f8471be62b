using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>What one rule of a chain looks at; what is null or empty is not looked at.</summary>
internal sealed record KernelMatch
{
    /// <summary>Null for both families.</summary>
    public IpVersion? Version { get; init; }

    public IReadOnlyList<string> In { get; init; } = [];

    public IReadOnlyList<string> Out { get; init; } = [];

    /// <summary>The interfaces towards which the destination is routed, where the packet is not routed yet.</summary>
    public IReadOnlyList<string> RoutedTo { get; init; } = [];

    /// <summary>The destination is an address of this host, where the packet is not routed yet.</summary>
    public bool ToThisHost { get; init; }

    public AddressSet? Source { get; init; }

    public AddressSet? Destination { get; init; }

    public IpProtocol Protocol { get; init; }

    public PortSet SourcePorts { get; init; } = PortSet.Any;

    public PortSet DestinationPorts { get; init; } = PortSet.Any;

    public bool SamePort { get; init; }

    public byte? IcmpType { get; init; }

    /// <summary>The destination was rewritten.</summary>
    public bool IsRedirected { get; init; }

    /// <summary>The destination port before it was rewritten.</summary>
    public PortSet OriginalPorts { get; init; } = PortSet.Any;

    public bool LooksAtPorts => !SourcePorts.IsAny || !DestinationPorts.IsAny || SamePort;
}

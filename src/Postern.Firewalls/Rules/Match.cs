namespace Postern.Firewalls.Rules;

/// <summary>Which packets a rule is about: those that open a flow and of which all that is said here holds.</summary>
public sealed record Match
{
    /// <summary>Where the packet comes from; null for everywhere.</summary>
    public Zone? From { get; init; }

    /// <summary>Where it goes to, <see cref="Zone.Self"/> for the firewall itself; null for everywhere.</summary>
    public Zone? To { get; init; }

    public IpProtocol Protocol { get; init; }

    public AddressSet Source { get; init; } = AddressSet.Any;

    public AddressSet Destination { get; init; } = AddressSet.Any;

    /// <summary>Of TCP, UDP and SCTP.</summary>
    public PortSet SourcePorts { get; init; } = PortSet.Any;

    /// <summary>Of TCP, UDP and SCTP.</summary>
    public PortSet DestinationPorts { get; init; } = PortSet.Any;

    /// <summary>The source port equals the destination port, as well as lying in both sets.</summary>
    public bool SamePort { get; init; }

    /// <summary>Type of ICMP or ICMPv6; null for every type.</summary>
    public byte? IcmpType { get; init; }

    /// <summary>Whether it looks at ports: then it is about protocols with ports alone.</summary>
    public bool NamesPorts => SamePort || !SourcePorts.IsAny || !DestinationPorts.IsAny;
}

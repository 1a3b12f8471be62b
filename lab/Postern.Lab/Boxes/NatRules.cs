using Postern.Protocol.Nat;

namespace Postern.Lab.Boxes;

/// <summary>A NAT in the words of RFC 4787, RFC 5382 and RFC 5508. IPv6 passes untranslated, under the same filter.</summary>
public sealed record NatRules
{
    /// <summary>False: a firewall that remembers who wrote to whom and translates nothing.</summary>
    public bool Translates { get; init; } = true;

    public NatDependence Mapping { get; init; } = NatDependence.EndpointIndependent;

    public NatDependence Filtering { get; init; } = NatDependence.AddressAndPortDependent;

    public PortAssignment Ports { get; init; } = new();

    /// <summary>One outer port may serve several inner endpoints towards different remote ones (RFC 4787 §4.2.1, "port overloading").</summary>
    public bool Overloads { get; init; }

    /// <summary>An odd inner port gets an odd outer one (RFC 4787 §4.2.2).</summary>
    public bool KeepsParity { get; init; }

    /// <summary>How many outer addresses it has; of no meaning where it does not translate.</summary>
    public int Addresses { get; init; } = 1;

    public Pooling Pooling { get; init; }

    public NatHairpin Hairpin { get; init; } = NatHairpin.No;

    public MappingExpiry Expiry { get; init; } = new();

    public MappingLimits Limits { get; init; } = new();

    public EarlyInbound EarlyInbound { get; init; }

    /// <summary>How long an early packet is remembered, in seconds.</summary>
    public double EarlyInboundMemory { get; init; } = 30;

    /// <summary>What a stranger hears.</summary>
    public RefusalAnswer Unsolicited { get; init; }

    /// <summary>New mappings a second that other hosts make: under <see cref="PortRuleKind.Step"/> they move the ports.</summary>
    public double CrossTraffic { get; init; }

    public TcpRules Tcp { get; init; } = new();
}

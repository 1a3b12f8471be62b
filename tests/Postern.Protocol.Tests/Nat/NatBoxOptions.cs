using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Tests.Nat;

/// <summary>A NAT in RFC 4787 words, for <see cref="NatBox"/>.</summary>
public sealed record NatBoxOptions
{
    public IpAddress Outer { get; init; } = IpAddress.Parse("198.51.100.7");

    /// <summary>False: a firewall that filters and translates nothing.</summary>
    public bool Translates { get; init; } = true;

    public NatDependence Mapping { get; init; } = NatDependence.EndpointIndependent;

    public NatDependence Filtering { get; init; } = NatDependence.AddressAndPortDependent;

    public PortRuleKind Ports { get; init; } = PortRuleKind.Random;

    public int Delta { get; init; }

    public int BlockStart { get; init; } = 1024;

    public int BlockSize { get; init; } = 64512;

    public NatHairpin Hairpin { get; init; } = NatHairpin.No;

    public bool BlocksUdp { get; init; }

    public override string ToString() => $"{Mapping}/{Filtering}/{Ports}{Delta:+0;-0;#}/{Hairpin}";
}

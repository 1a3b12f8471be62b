using System.Net;
using System.Net.Sockets;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Nat;

namespace Postern.Net.Tests.Nat;

/// <summary>What our prober says of the kernel's own NATs, with our server on the other side.</summary>
[Trait("part", "net")]
public class KernelNatTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Masquerade_keeps_ports_and_lets_only_the_exact_port_answer(bool acceptsInput)
    {
        using var network = new Network();
        var site = network.AddSite(new(AcceptsInput: acceptsInput));
        var report = Measure(network, site.Client);
        report.Mapped.Address.ToString().ShouldBe(site.PublicAddress);
        Words(report).ShouldBe((true, NatDependence.EndpointIndependent, NatDependence.AddressAndPortDependent, PortRuleKind.Kept));
        report.Hairpin.ShouldBe(NatHairpin.No);
        report.Unknowns.ShouldBeEmpty();
        report.TookMilliseconds.ShouldBeLessThan(6500) /* the prober's own limit, and a busy machine */;
    }

    [Fact]
    public void Masquerade_fully_random_maps_by_target_and_at_random()
    {
        using var network = new Network();
        var report = Measure(network, network.AddSite(new(Mapping.FullyRandom)).Client);
        Words(report).ShouldBe((true, NatDependence.AddressAndPortDependent, NatDependence.AddressAndPortDependent, PortRuleKind.Random));
    }

    [Fact]
    public void A_public_computer_is_seen_as_such()
    {
        using var network = new Network();
        var report = Measure(network, network.AddPublicHost());
        Words(report).ShouldBe((false, NatDependence.EndpointIndependent, NatDependence.EndpointIndependent, PortRuleKind.Kept));
    }

    [Fact]
    public void Blocked_udp_is_seen_as_such()
    {
        using var network = new Network();
        var site = network.AddSite();
        using var block = network.Core.BlockUdp(site.PublicAddress, network.Server.Address);
        Measure(network, site.Client).UdpBlocked.ShouldBeTrue();
    }

    private static NatReport Measure(Network network, Host client)
    {
        using var server = new SocketBindingServer(network.Server.Address, network.Server.SecondAddress, network.Server.Inside<Socket>);
        using var prober = new SocketProber(IPAddress.Parse(client.Address), client.Inside<Socket>);
        return prober.Measure(server.Primary);
    }

    private static (bool IsTranslated, NatDependence Mapping, NatDependence Filtering, PortRuleKind Ports) Words(NatReport report) =>
        (report.IsTranslated, report.Mapping, report.Filtering, report.Ports.Kind);
}

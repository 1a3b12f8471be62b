using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;

namespace Postern.Tests.Predicate;

/// <summary>What a perfect measurement would say of boxes in a row.</summary>
public class BoxTruthTests
{
    private static readonly Endpoint Inner = Endpoint.Parse("192.168.1.10:5000");
    private static readonly Endpoint Outer = Endpoint.Parse("198.51.100.1:5000");

    /// <summary>Who only shifts ports passes on how they were chosen.</summary>
    [Theory]
    [InlineData("linux", "offset-30000", PortRuleKind.Offset)]
    [InlineData("offset-30000", "linux", PortRuleKind.Offset)]
    [InlineData("firewall-1", "offset-30000", PortRuleKind.Step)]
    [InlineData("block-1024", "offset-30000-symmetric", PortRuleKind.Block)]
    [InlineData("random", "linux", PortRuleKind.Random)]
    [InlineData("firewall-1", "block-512", PortRuleKind.Block)]
    [InlineData("block-512", "linux-clash", PortRuleKind.Random)]
    public void The_outermost_that_chooses_ports_decides_on_them(string home, string carrier, PortRuleKind kind)
    {
        var row = new BoxDescription { Id = "row", Title = "", Summary = "", Row = [home, carrier], Sources = new Dictionary<string, string>() };
        BoxTruth.Of(row, Inner, Outer).Ports.Kind.ShouldBe(kind);
    }

    [Theory]
    [InlineData(30, 0, 30)]
    [InlineData(300, 0, 300)]
    [InlineData(30, 20, 20)]
    public void A_memory_is_as_short_as_either_bound(double unanswered, double atMost, double expected)
    {
        BoxTruth.Of(Forgetting(unanswered, 400, atMost), Inner, Outer).UnansweredLifetime.ShouldBe(expected);
        BoxTruth.Of(BoxCatalogue.All["carrier-over-home"], Inner, Outer).UnansweredLifetime.ShouldBe(30, "of a row the box that forgets first");
    }

    /// <summary>Which has the next port at every destination.</summary>
    [Fact]
    public void One_that_always_gives_the_next_port_shifts()
    {
        var box = Forgetting(30, 120, 0);
        var truth = BoxTruth.Of(box with { Nat = box.Nat! with { Mapping = NatDependence.AddressDependent, Overloads = true, Ports = new() { Rule = PortRuleKind.Kept, Taken = 1, OnClash = Lab.Boxes.ClashRule.Next } } }, Inner, Outer);
        (truth.Ports.Kind, truth.Ports.Delta, truth.Mapping).ShouldBe((PortRuleKind.Offset, 1, NatDependence.EndpointIndependent));
    }

    private static BoxDescription Forgetting(double unanswered, double answered, double atMost) => new()
    {
        Id = "forgets",
        Title = "",
        Summary = "",
        Nat = new() { Expiry = new() { UdpNew = unanswered, UdpStream = answered, AtMost = atMost } },
        Sources = new Dictionary<string, string> { ["*"] = "a test" },
    };
}

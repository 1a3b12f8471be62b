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
}

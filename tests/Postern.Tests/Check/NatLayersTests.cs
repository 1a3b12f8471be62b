using Postern.Cli.Check;
using Postern.Protocol.Net;

namespace Postern.Tests.Check;

public class NatLayersTests
{
    [Theory]
    [InlineData("100.64.0.2", "198.51.100.6", CheckVerdict.Warn, "(CGNAT)", "Ask the provider")]
    [InlineData("100.127.255.254", null, CheckVerdict.Warn, "(CGNAT)", "Ask the provider")]
    [InlineData("192.168.178.2", "198.51.100.6", CheckVerdict.Warn, "the router's outer address is 192.168.178.2, and the world sees 198.51.100.6", "bridge")]
    [InlineData("192.168.178.2", null, CheckVerdict.Warn, "is a private one", "bridge")]
    [InlineData("203.0.113.9", "198.51.100.6", CheckVerdict.Warn, "and the world sees 198.51.100.6", "bridge")]
    [InlineData("198.51.100.6", "198.51.100.6", CheckVerdict.Ok, "There is one NAT", "")]
    [InlineData("198.51.100.6", null, CheckVerdict.Ok, "The router's outer address is 198.51.100.6", "")]
    internal void What_the_router_tells_of_itself_counts_before_who_stands_behind_it(string told, string? seen, CheckVerdict verdict, string words, string next)
    {
        var finding = NatLayers.Of(("PCP", IpAddress.Parse(told)), seen is null ? (IpAddress?)null : IpAddress.Parse(seen), IpAddress.Parse("100.64.0.1"))!;
        (finding.Id, finding.Verdict).ShouldBe(("nat.layers", verdict));
        finding.Sentence.ShouldContain(words);
        finding.Next.ShouldContain(next);
        (finding.Next.Length > 0).ShouldBe(next.Length > 0);
    }

    [Theory]
    [InlineData("100.64.0.1", CheckVerdict.Warn, "a carrier's address")]
    [InlineData("192.168.178.1", CheckVerdict.Ok, "it may be a second NAT")]
    [InlineData("10.0.0.1", CheckVerdict.Ok, "it may be a second NAT")]
    internal void The_router_behind_it_counts_where_it_tells_nothing(string next, CheckVerdict verdict, string words)
    {
        var finding = NatLayers.Of(told: null, IpAddress.Parse("198.51.100.6"), IpAddress.Parse(next))!;
        finding.Verdict.ShouldBe(verdict);
        finding.Sentence.ShouldContain(words);
        finding.Next.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("198.51.100.1")]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.1")]
    [InlineData(null)]
    public void A_public_router_behind_it_or_none_says_nothing(string? next) =>
        NatLayers.Of(told: null, IpAddress.Parse("198.51.100.6"), next is null ? (IpAddress?)null : IpAddress.Parse(next)).ShouldBeNull();
}

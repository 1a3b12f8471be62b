using Postern.Protocol.Ice;
using Postern.Protocol.Net;

namespace Postern.Tests.Ice;

public class CandidatePriorityTests
{
    [Fact]
    public void Priorities_follow_the_formula()
    {
        CandidatePriority.Of(CandidateType.Host, 65535).ShouldBe(2130706431u); // the figures of RFC 8839's examples
        CandidatePriority.Of(CandidateType.ServerReflexive, 65535).ShouldBe(1694498815u);
        CandidatePriority.Of(CandidateType.PeerReflexive, 0).ShouldBe((110u << 24) + 255);
        CandidatePriority.Of(CandidateType.Relayed, 1).ShouldBe(511u);
        CandidatePriority.LocalPreference(1694498815u).ShouldBe((ushort)65535);
        CandidatePriority.OfPair(2, 1).ShouldBe((1UL << 32) + 4 + 1);
        CandidatePriority.OfPair(1, 2).ShouldBe((1UL << 32) + 4);
        CandidatePriority.OfPair(CandidatePriority.Maximum, CandidatePriority.Maximum).ShouldBe((0x7FFF_FFFFUL << 32) + (2 * 0x7FFF_FFFFUL));
    }

    [Theory]
    [InlineData("::1", 50)]
    [InlineData("2001:db8::1", 40)]
    [InlineData("192.0.2.1", 35)]
    [InlineData("2002:c000:201::1", 30)]
    [InlineData("2001:0:4136:e378::1", 5)]
    [InlineData("fd00::1", 3)]
    [InlineData("fec0::1", 1)]
    [InlineData("3ffe::1", 1)]
    [InlineData("::192.0.2.1", 1)]
    public void Precedence_is_that_of_the_default_policy_table(string address, int precedence) =>
        AddressPreference.Precedence(IpAddress.Parse(address)).ShouldBe(precedence);

    [Fact]
    public void Native_IPv6_is_preferred_and_the_order_breaks_ties()
    {
        var v6 = IpAddress.Parse("2001:db8::1");
        var v4 = IpAddress.Parse("192.0.2.1");
        AddressPreference.Of(v6, 999).ShouldBeGreaterThan(AddressPreference.Of(v4, 0));
        AddressPreference.Of(v4, 0).ShouldBeGreaterThan(AddressPreference.Of(v4, 1));
        AddressPreference.Of(v4, 5000).ShouldBe(AddressPreference.Of(v4, 999));
    }
}

using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

public class AddressSetTests
{
    [Theory]
    [InlineData("192.168.1.10", "192.168.1.10")]
    [InlineData("10.0.0.0/9,10.128.0.0/9", "10.0.0.0/8")]
    [InlineData("10.0.0.1-10.0.0.4", "10.0.0.1,10.0.0.2/31,10.0.0.4")]
    [InlineData("2001:db8::/32,192.0.2.1", "192.0.2.1,2001:db8::/32")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("0.0.0.0/0,::/0", "any")]
    [InlineData("::/0", "::/0")]
    [InlineData("any", "any")]
    public void Addresses_are_read_and_written(string text, string canonical)
    {
        AddressSet.TryParse(text, out var set).ShouldBeTrue();
        set.ToString().ShouldBe(canonical);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10")]
    [InlineData("10.0.0.1/8")]
    [InlineData("10.0.0.9-10.0.0.1")]
    [InlineData("10.0.0.1-2001:db8::1")]
    [InlineData("example.org")]
    public void What_names_no_addresses_is_refused(string text) => AddressSet.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void The_families_stay_apart()
    {
        AddressSet.TryParse("0.0.0.0/0", out var four).ShouldBeTrue();
        four.IsAny.ShouldBeFalse();
        four.IsAnyOf(IpVersion.V4).ShouldBeTrue();
        four.Contains(IPAddress.Parse("::1")).ShouldBeFalse();
        AddressSet.Any.Of(IpVersion.V4).ShouldBe(four);
        AddressSet.Any.Contains(four).ShouldBeTrue();
        four.Intersect(AddressSet.Of(IPAddress.IPv6Loopback)).IsEmpty.ShouldBeTrue();
    }
}

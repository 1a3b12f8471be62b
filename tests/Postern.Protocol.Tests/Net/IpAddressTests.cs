using Postern.Protocol.Net;

namespace Postern.Tests.Net;

public class IpAddressTests
{
    [Fact]
    public void Both_written_forms_of_an_IPv4_address_are_equal()
    {
        IpAddress.Parse("::ffff:203.0.113.7").ShouldBe(IpAddress.Parse("203.0.113.7"));
        IpAddress.FromBytes([203, 0, 113, 7]).ToString().ShouldBe("203.0.113.7");
        IpAddress.Parse("::ffff:203.0.113.7").IsV4.ShouldBeTrue();
    }

    [Theory]
    [InlineData("203.0.113.7:80", true)]
    [InlineData("[2001:db8::1]:80", true)]
    [InlineData("2001:db8::1:80", false)]
    [InlineData("203.0.113.7", false)]
    [InlineData("203.0.113.7:65536", false)]
    [InlineData("203.0.113.7:-1", false)]
    [InlineData(":80", false)]
    [InlineData("", false)]
    public void An_endpoint_is_an_address_and_a_port(string text, bool valid)
    {
        Endpoint.TryParse(text, out var endpoint).ShouldBe(valid);
        if (valid)
        {
            endpoint.ToString().ShouldBe(text);
        }
    }
}

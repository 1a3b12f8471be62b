using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

public class RoleBindingTests
{
    [Theory]
    [InlineData("client=192.168.1.10", null, "192.168.1.10", null, null)]
    [InlineData("client=192.168.1.10:14357", null, "192.168.1.10", null, "14357")]
    [InlineData("client=192.168.1.10,2001:db8::10", null, "192.168.1.10,2001:db8::10", null, null)]
    [InlineData("client=192.168.1.10,[2001:db8::10]:14357", null, "192.168.1.10,2001:db8::10", null, "14357")]
    [InlineData("client=2001:db8::10,192.168.1.10:14357", null, "192.168.1.10,2001:db8::10", null, "14357")]
    [InlineData("client=[2001:db8::10]:14356-14359", null, "2001:db8::10", null, "14356-14359")]
    [InlineData("client=2001:db8::10", null, "2001:db8::10", null, null)]
    [InlineData("skype:client=10.0.0.0/8", "skype", "10.0.0.0/8", null, null)]
    [InlineData("client=self:14357", null, null, "self", "14357")]
    [InlineData("client=loc", null, null, "loc", null)]
    public void A_binding_says_who_and_which_port(string text, string? application, string? addresses, string? place, string? ports)
    {
        RoleBinding.TryParse(text, out var binding).ShouldBeTrue();
        binding.Role.ShouldBe("client");
        binding.Application.ShouldBe(application);
        binding.Addresses?.ToString().ShouldBe(addresses);
        (binding.Addresses is null).ShouldBe(addresses is null);
        binding.Place.ShouldBe(place);
        binding.Ports?.ToString().ShouldBe(ports);
        (binding.Ports is null).ShouldBe(ports is null);
    }

    [Theory]
    [InlineData("")]
    [InlineData("client")]
    [InlineData("client=")]
    [InlineData("=192.168.1.10")]
    [InlineData("client=192.168.1.10:")]
    [InlineData("client=192.168.1.10:70000")]
    [InlineData("client=192.168.1.10:any")]
    [InlineData("client=192.168.1.300")]
    [InlineData("client=a;b")]
    [InlineData("a:b:c=192.168.1.10")]
    [InlineData("client=:80")]
    public void What_is_no_binding_is_refused(string text) => RoleBinding.TryParse(text, out _).ShouldBeFalse();
}

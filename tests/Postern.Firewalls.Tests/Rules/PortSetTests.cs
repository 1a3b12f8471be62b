using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

public class PortSetTests
{
    [Theory]
    [InlineData("80", "80", 1)]
    [InlineData("443,80", "80,443", 2)]
    [InlineData("1024:65535", "1024-65535", 64512)]
    [InlineData("10-20,15-30,31", "10-31", 22)]
    [InlineData("0-65535", "any", 65536)]
    [InlineData("any", "any", 65536)]
    public void Ports_are_read_and_written(string text, string canonical, int count)
    {
        PortSet.TryParse(text, out var set).ShouldBeTrue();
        set.ToString().ShouldBe(canonical);
        set.Count.ShouldBe(count);
    }

    [Theory]
    [InlineData("")]
    [InlineData("65536")]
    [InlineData("20-10")]
    [InlineData("1-2-3")]
    [InlineData("-5")]
    [InlineData("80,")]
    [InlineData("http")]
    public void What_names_no_ports_is_refused(string text) => PortSet.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Sets_are_joined_and_cut_as_sets_are()
    {
        var (web, high) = (Ports("80,443"), Ports("443-65535"));
        web.Union(high).ShouldBe(Ports("80,443-65535"));
        web.Intersect(high).ShouldBe(Ports("443"));
        web.Except(high).ShouldBe(Ports("80"));
        PortSet.Any.Except(high).ShouldBe(Ports("0-442"));
        high.Contains(Ports("443,1000-2000")).ShouldBeTrue();
        high.Contains(web).ShouldBeFalse();
        web.Overlaps(Ports("81-442")).ShouldBeFalse();
    }

    private static PortSet Ports(string text) => PortSet.TryParse(text, out var set) ? set : throw new FormatException(text);
}

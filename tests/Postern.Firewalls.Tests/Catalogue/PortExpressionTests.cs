using System.Text;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;
using Postern.Tests.Kit;

namespace Postern.Tests.Catalogue;

[Collection(nameof(Alone))]
public class PortExpressionTests
{
    [Theory]
    [InlineData("any", "any")]
    [InlineData("80,443,1024-65535", "80,443,1024-65535")]
    [InlineData("1000><1024", "1001-1023")] // C1 of the sources
    [InlineData("512 >< 1024", "513-1023")]
    [InlineData(" 80 ", "80")]
    [InlineData("80,1000><1024", "80,1001-1023")]
    [InlineData("ephemeral(client)", "ephemeral(client)")]
    [InlineData("${listen:14357}", "${listen:14357}")]
    [InlineData("${listen:14357 in 1024-49151}", "${listen:14357 in 1024-49151}")]
    [InlineData("${nearby:14356-14359}", "${nearby:14356-14359}")]
    [InlineData("same-as(search.src)", "same-as(search.src)")]
    [InlineData("same-as(search.dst)", "same-as(search.dst)")]
    public void Ports_are_read_and_written(string text, string canonical)
    {
        PortExpression.TryParse(text, out var ports).ShouldBeTrue();
        ports.ToString().ShouldBe(canonical);
        PortExpression.TryParse(canonical, out var again).ShouldBeTrue();
        again.ShouldBe(ports);
    }

    [Theory]
    [InlineData("")]
    [InlineData("http")]
    [InlineData("65536")]
    [InlineData("5000><4000")]
    [InlineData("1000><1001")] // nothing lies between
    [InlineData("1><2><3")]
    [InlineData("any,1><4")]
    [InlineData("ephemeral()")]
    [InlineData("ephemeral(Client)")]
    [InlineData("ephemeral(client),80")]
    [InlineData("${listen}")]
    [InlineData("${listen:}")]
    [InlineData("${listen:x}")]
    [InlineData("${listen:80 in x}")]
    [InlineData("${:80}")]
    [InlineData("same-as(search)")]
    [InlineData("same-as(search.both)")]
    public void What_names_no_ports_is_refused(string text) => PortExpression.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Exclusive_ends_are_left_out()
    {
        PortExpression.TryParse("1000><1024", out var ports).ShouldBeTrue();
        ports.ShouldBe(new PortExpression.Fixed(PortSet.Of(new PortRange(1001, 1023))));
    }

    [Fact]
    public void No_text_makes_it_throw_and_what_is_read_is_written_as_the_same() => FuzzRun.Run(
        "port-expression",
        input =>
        {
            if (PortExpression.TryParse(Encoding.Latin1.GetString(input), out var ports))
            {
                PortExpression.TryParse(ports.ToString(), out var again).ShouldBeTrue();
                again.ShouldBe(ports);
            }
        },
        cases: 300_000,
        maximumLength: 300);
}

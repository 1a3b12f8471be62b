using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Catalogue;

public class EphemeralPortsTests
{
    [Theory]
    [InlineData("iana", "49152-65535", "49152-65535")]
    [InlineData("linux", "31768-61000", "32768-60999")]
    [InlineData("windows-xp", "1024-5000", "1025-5000")]
    [InlineData("windows", "49152-65535", "49152-65535")]
    [InlineData("other", "1024-65535", "1024-65535")]
    [InlineData("windows-2003", null, "1025-5000")]
    [InlineData("freebsd", null, "10000-65535")]
    [InlineData("macos", null, "49152-65535")]
    public void The_table_keeps_what_was_stated_beside_what_is_right(string system, string? stated, string right)
    {
        var range = EphemeralPorts.Find(system).ShouldNotBeNull();
        range.Stated?.ToString().ShouldBe(stated);
        range.Ports.ToString().ShouldBe(right);
        range.IsCorrected.ShouldBe(stated is not null && stated != right);
    }

    [Fact]
    public void The_unknown_system_holds_every_other() =>
        EphemeralPorts.Systems.ShouldAllBe(range => EphemeralPorts.Other.Ports.Contains(range.Ports));

    [Fact]
    public void The_smallest_range_that_holds_all_is_the_likeliest()
    {
        EphemeralPorts.Holding(Ports("33000-40000")).First().System.ShouldBe("linux");
        EphemeralPorts.Holding(Ports("1100,4900")).First().System.ShouldBe("windows-xp");
        EphemeralPorts.Holding(Ports("50000,65000")).First().Ports.ShouldBe(EphemeralPorts.Iana.Ports);
        EphemeralPorts.Holding(Ports("80")).ShouldBeEmpty();
    }

    /// <summary>The kernel here is younger than 4.2, so unless its keeper changed it, the file says what the table says.</summary>
    [Fact]
    public void This_systems_own_range_is_one_that_the_table_knows()
    {
        const string File = "/proc/sys/net/ipv4/ip_local_port_range";
        Assert.SkipUnless(System.IO.File.Exists(File), $"{File} is not there.");
        var ends = System.IO.File.ReadAllText(File).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var range = PortSet.Of(new PortRange(ushort.Parse(ends[0], null), ushort.Parse(ends[1], null)));
        EphemeralPorts.Holding(range).ShouldNotBeEmpty();
    }

    private static PortSet Ports(string text) => PortSet.TryParse(text, out var ports) ? ports : throw new FormatException(text);
}

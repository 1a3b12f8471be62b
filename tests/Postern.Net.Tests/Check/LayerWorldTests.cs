using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Check;

/// <summary>Two NATs in a row, both the kernel's: a carrier's behind the one at home, or a second router at home.</summary>
[Trait("part", "net")]
public sealed class LayerWorldTests
{
    [Fact]
    public void A_carriers_NAT_behind_the_one_at_home_is_named_though_the_router_says_nothing()
    {
        using var world = new CheckWorld(network => network.AddSiteBehindNat().Site);
        var report = world.Check();
        ShouldNameTheCarrier(report);
        report.Sentence("nat.layers").ShouldContain("behind your router stands 100.64.0.1");
        report.Data("nat.ipv4").GetProperty("mapped").GetString().ShouldStartWith("198.51.100.");
    }

    /// <summary>As miniupnpd does where the outer address that it finds is no public one.</summary>
    [Fact]
    public void It_is_named_too_where_the_router_refuses_mappings_for_it()
    {
        using var world = new CheckWorld(network => network.AddSiteBehindNat().Site);
        using var daemon = MiniupnpdAt.Start(world, "allow 1024-65535 192.168.0.0/16 1024-65535");
        var report = world.Check();
        ShouldNameTheCarrier(report);
        foreach (var id in (string[])["mapping.upnp", "mapping.nat-pmp", "mapping.pcp"])
        {
            report.Sentence(id).ShouldContain("is there and refuses a mapping", Case.Sensitive, report.All);
            report.Next(id).ShouldBe("Nothing at home helps: the router has no public address itself, see nat.layers.");
        }

        daemon.Errors.ShouldContain("Port forwarding is impossible");
    }

    [Fact]
    public void A_second_router_at_home_may_be_a_second_NAT()
    {
        using var world = new CheckWorld(network => network.AddSiteBehindNat("192.168.250").Site);
        var report = world.Check();
        report.Verdict("nat.layers").ShouldBe("ok", report.All);
        report.Sentence("nat.layers").ShouldContain("192.168.250.1: it may be a second NAT", customMessage: report.All);
        report.Next("nat.layers").ShouldContain("set one of the two to bridge");
    }

    private static void ShouldNameTheCarrier(CheckReport report)
    {
        report.Verdict("nat.layers").ShouldBe("warn", report.All);
        report.Sentence("nat.layers").ShouldStartWith("Two NATs follow each other", Case.Sensitive, report.All);
        report.Sentence("nat.layers").ShouldContain("(CGNAT)");
        report.Next("nat.layers").ShouldStartWith("Ask the provider for a public IPv4 address of your own, or use IPv6");
        report.Data("summary").GetProperty("causes").EnumerateArray().Select(cause => cause.GetString()).ShouldContain("nat.layers", report.All);
    }
}

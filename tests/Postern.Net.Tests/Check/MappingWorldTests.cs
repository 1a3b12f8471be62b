using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Check;

/// <summary>UPnP, NAT-PMP and PCP by miniupnpd on the router: there, not there, refusing. Nothing that was mapped stays.</summary>
[Trait("part", "net")]
public sealed class MappingWorldTests(CheckWorld world) : IClassFixture<CheckWorld>
{
    private const string Everything = "allow 1024-65535 192.168.1.0/24 1024-65535";

    /// <summary>Its outer address is not the one that the world sees, so that a second NAT is found as well.</summary>
    [Fact]
    public void A_router_that_maps_ports_is_told_and_every_test_mapping_is_given_back()
    {
        using var daemon = MiniupnpdAt.Start(world, Everything, outer: "11.22.33.5");
        var report = world.Check();
        foreach (var id in (string[])["mapping.upnp", "mapping.nat-pmp", "mapping.pcp"])
        {
            report.Verdict(id).ShouldBe("ok", report.All + daemon.Errors);
            report.Sentence(id).ShouldContain("maps ports on request; the test mapping was given back");
        }

        report.Verdict("nat.layers").ShouldBe("warn");
        report.Sentence("nat.layers").ShouldContain($"11.22.33.5, and the world sees {world.Site.PublicAddress}");
        daemon.Errors.ShouldContain("NAT-PMP port mapping request");
        world.Router.Check("iptables-legacy-save", "-t", "nat").ShouldNotContain("-A MINIUPNPD ");
    }

    [Fact]
    public void A_router_that_refuses_is_told_apart_from_one_that_is_not_there()
    {
        using var daemon = MiniupnpdAt.Start(world, "deny 0-65535 0.0.0.0/0 0-65535", outer: "11.22.33.5");
        var report = world.Check();
        foreach (var id in (string[])["mapping.upnp", "mapping.nat-pmp", "mapping.pcp"])
        {
            report.Verdict(id).ShouldBe("warn", report.All + daemon.Errors);
            report.Sentence(id).ShouldContain("is there and refuses a mapping");
        }

        report.ExitCode.ShouldBe(0, report.All); // calls go without
        world.Router.Check("iptables-legacy-save", "-t", "nat").ShouldNotContain("-A MINIUPNPD ");
    }

    [Fact]
    public void A_router_without_any_of_them_keeps_silent_or_says_that_the_port_is_closed()
    {
        var report = world.Check();
        report.Sentence("mapping.upnp").ShouldContain("is not there, or keeps silent", customMessage: report.All);
        report.Sentence("mapping.nat-pmp").ShouldBe("NAT-PMP: the router does not have it.");
        report.Sentence("mapping.pcp").ShouldBe("PCP: the router does not have it.");

        using var silent = CheckWorld.Plant(world.Router, "silent", "chain input { type filter hook input priority -5; udp dport { 1900, 5351 } drop; }");
        report = world.Check();
        report.Sentence("mapping.nat-pmp").ShouldBe("NAT-PMP: the router keeps silent.", report.All);
        report.Sentence("mapping.pcp").ShouldBe("PCP: the router keeps silent.");
    }

    [Fact]
    public void An_own_rule_that_stops_the_question_is_told()
    {
        using var planted = CheckWorld.Plant(world.Client, "quiet", "chain out { type filter hook output priority 0; udp dport 5351 drop comment \"no pmp\"; }");
        var report = world.Check();
        report.Sentence("mapping.nat-pmp").ShouldNotContain("maps ports", customMessage: report.All);
        report.ShouldBlame("mapping.pcp", "own firewall stops PCP", "comment \"no pmp\"");
    }
}

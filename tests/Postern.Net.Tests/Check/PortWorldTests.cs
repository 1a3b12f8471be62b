using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Check;

/// <summary>Ports that are closed here or on the way, and a guard against scans: check names the cause, and the rule where it is ours.</summary>
[Trait("part", "net")]
public sealed class PortWorldTests(CheckWorld world) : IClassFixture<CheckWorld>
{
    [Fact]
    public void An_open_network_is_open_and_a_closed_port_at_the_server_is_no_blocked_way()
    {
        var report = world.Check();
        report.ExitCode.ShouldBe(0, report.All);
        foreach (var id in (string[])["outgoing.tcp.80", "outgoing.tcp.443", "outgoing.tcp.4780", "outgoing.udp.443", "outgoing.udp.3478", "outgoing.udp.4780", "nat.ipv4", "scan.guard"])
        {
            report.Verdict(id).ShouldBe("ok", report.All);
        }

        report.Data("nat.ipv4").GetProperty("mapped").GetString().ShouldStartWith(world.Site.PublicAddress);
        report.Data("summary").GetProperty("openness").GetString().ShouldBe("open");
        report.Sentence("mapping.nat-pmp").ShouldNotContain("maps ports");
    }

    [Fact]
    public void Every_port_that_our_own_nftables_stops_is_told_with_its_rule_and_the_rules_that_are_missing()
    {
        using var planted = CheckWorld.Plant(world.Client, "hidden", """
            chain deep {
                tcp dport { 80, 443 } reject with tcp reset comment "web"
                udp dport 3478 drop comment "stun"
                ip daddr 203.0.113.0/24 udp dport 443 drop comment "quic"
                tcp dport 4780 counter drop comment "board"
                udp dport 1024-65535 drop comment "high"
            }
            chain out {
                type filter hook output priority 5; policy accept;
                oifname "eth0" jump deep
            }
            """);
        var report = world.Check();
        report.ExitCode.ShouldBe(12, report.All);
        report.ShouldBlame("outgoing.tcp.4780", "own firewall", "inet hidden deep", "comment \"board\"");
        report.ShouldBlame("outgoing.udp.443", "comment \"quic\"");
        report.ShouldBlame("outgoing.udp.3478", "comment \"stun\"");
        report.ShouldBlame("outgoing.udp.4780", "comment \"high\"");
        report.ShouldBlame("outgoing.direct", "comment \"high\"");
        report.Next("outgoing.tcp.4780").ShouldStartWith("nft delete rule inet hidden deep handle ");
        report.Data("summary").GetProperty("format").GetString().ShouldBe("nftables");
        var rules = report.Data("summary").GetProperty("rules").GetString()!;
        rules.ShouldContain("postern:switchboard");
        rules.ShouldContain("postern:direct");
        rules.ShouldContain("insert rule inet hidden deep jump ");
    }

    [Fact]
    public void Ports_that_the_router_stops_are_told_each_and_are_no_rule_of_ours()
    {
        using var planted = Block("tcp dport { 80, 443 } drop\n udp dport { 443, 3478 } drop");
        var report = world.Check();
        foreach (var id in (string[])["outgoing.tcp.80", "outgoing.tcp.443", "outgoing.udp.443", "outgoing.udp.3478"])
        {
            report.Verdict(id).ShouldBe("warn", report.All);
            report.Sentence(id).ShouldContain("closed on the way");
            report.Sentence(id).ShouldContain("no rule of this computer");
        }

        report.Verdict("outgoing.udp.4780").ShouldBe("ok");
        report.ExitCode.ShouldBe(10);
    }

    /// <summary>By a rule of this computer, and then by one of the router.</summary>
    [Theory]
    [InlineData("tcp", 80)]
    [InlineData("tcp", 443)]
    [InlineData("tcp", 4780)]
    [InlineData("udp", 443)]
    [InlineData("udp", 3478)]
    [InlineData("udp", 4780)]
    public void A_port_that_is_stopped_alone_is_told_alone(string protocol, int port)
    {
        var id = $"outgoing.{protocol}.{port}";
        using (CheckWorld.Plant(world.Client, "alone", $"chain deep {{\n {protocol} dport {port} drop comment \"just this\"\n }}\n chain out {{\n type filter hook output priority 5;\n jump deep\n }}"))
        {
            var own = world.Check();
            own.ShouldBlame(id, "own firewall", "inet alone deep", "comment \"just this\"");
            own.Next(id).ShouldStartWith("nft delete rule inet alone deep handle ");
            ShouldBeTheOnlyOne(own, id);
        }

        using var planted = Block($"{protocol} dport {port} drop");
        var report = world.Check();
        report.Sentence(id).ShouldContain("no rule of this computer", Case.Sensitive, report.All);
        ShouldBeTheOnlyOne(report, id);
    }

    /// <summary>A real resolver at the server: there, stopped here, stopped on the way.</summary>
    [Fact]
    public void Names_that_lead_nowhere_are_told_with_who_stops_them()
    {
        using var resolver = world.Network.Server.Start("dnsmasq", "--no-daemon", "--no-resolv", "--no-hosts", "--port=53", $"--listen-address={world.Server}", "--bind-interfaces", "--user=root", "--pid-file=");
        SpinWait.SpinUntil(() => resolver.Errors.Contains("started", StringComparison.Ordinal) || resolver.HasExited, TimeSpan.FromSeconds(10));
        resolver.HasExited.ShouldBeFalse(resolver.Errors);
        var report = CheckWithResolver();
        report.Verdict("outgoing.dns").ShouldBe("ok", report.All);

        using (CheckWorld.Plant(world.Client, "mute", "chain out { type filter hook output priority 5; udp dport 53 drop comment \"no names\"; }"))
        {
            report = CheckWithResolver();
            report.ShouldBlame("outgoing.dns", "own firewall stops DNS", "comment \"no names\"");
            report.Next("outgoing.dns").ShouldStartWith("nft delete rule inet mute out handle ");
        }

        using var planted = Block("udp dport 53 drop");
        report = CheckWithResolver();
        report.Verdict("outgoing.dns").ShouldBe("warn", report.All);
        report.Sentence("outgoing.dns").ShouldBe($"The DNS server {world.Server} does not answer.");
    }

    [Theory]
    [InlineData("tcp", 10)]
    [InlineData("udp", 11)]
    public void The_server_s_own_port_is_needed_and_the_router_is_to_open_it(string protocol, int code)
    {
        using var planted = Block($"{protocol} dport 4780 drop");
        var report = world.Check();
        report.Verdict($"outgoing.{protocol}.4780").ShouldBe("fail", report.All);
        report.Next($"outgoing.{protocol}.4780").ShouldContain($"postern rules postern --at router --for client={world.Client.Address} --for server={world.Server}:4780");
        report.ExitCode.ShouldBe(code, report.All);
    }

    [Fact]
    public void Udp_to_the_server_alone_is_relay_only()
    {
        using var planted = CheckWorld.Plant(world.Client, "kept", """
            chain out {
                type filter hook output priority 0;
                meta l4proto udp ip daddr 203.0.113.0/24 accept
                udp dport != 53 reject comment "kept in"
            }
            """);
        var report = world.Check();
        report.ExitCode.ShouldBe(11, report.All);
        report.ShouldBlame("outgoing.direct", "comment \"kept in\"");
        report.Data("summary").GetProperty("rules").GetString()!.ShouldContain("postern:direct");
    }

    [Fact]
    public void A_router_that_draws_a_port_for_each_target_is_limited()
    {
        using var planted = CheckWorld.Plant(world.Router, "drawing", """
            chain postrouting {
                type nat hook postrouting priority srcnat - 10;
                oifname "wan" meta l4proto udp masquerade fully-random
            }
            """);
        var report = world.Check();
        report.ExitCode.ShouldBe(10, report.All);
        report.Verdict("nat.ipv4").ShouldBe("warn");
    }

    [Fact]
    public void A_guard_against_scans_that_bans_for_a_minute_is_suspected()
    {
        using var planted = CheckWorld.Plant(world.Router, "guard", """
            set ports { type ipv4_addr . inet_service; flags dynamic; timeout 30s; }
            set banned { type ipv4_addr; flags dynamic; timeout 60s; }
            chain forward {
                type filter hook forward priority -5;
                ct state established accept
                ip saddr @banned drop
                meta l4proto tcp ip saddr . tcp dport @ports accept
                tcp dport { 80, 443, 4780 } add @ports { ip saddr . tcp dport } accept
                meta l4proto tcp limit rate over 1/minute burst 2 packets add @banned { ip saddr } drop
                meta l4proto tcp add @ports { ip saddr . tcp dport } accept
            }
            """);
        var report = world.Check();
        report.Verdict("scan.guard").ShouldBe("warn", report.All);
        report.Sentence("scan.guard").ShouldStartWith("Scan protection is suspected");
        report.ExitCode.ShouldBe(10, report.All);
    }

    /// <summary>The same guard, but here: then its rule can be read.</summary>
    [Fact]
    public void A_guard_against_scans_of_this_computers_own_is_told_with_its_rule()
    {
        using var planted = CheckWorld.Plant(world.Client, "guard", """
            set ports { type inet_service; flags dynamic; timeout 30s; }
            set banned { type ipv4_addr; flags dynamic; timeout 60s; }
            chain out {
                type filter hook output priority 5;
                ct state established accept
                ip saddr @banned drop comment "no scans"
                meta l4proto tcp tcp dport @ports accept
                tcp dport { 80, 443, 4780 } add @ports { tcp dport } accept
                meta l4proto tcp limit rate over 1/minute burst 2 packets add @banned { ip saddr } drop
                meta l4proto tcp add @ports { tcp dport } accept
            }
            """);
        var report = world.Check();
        report.ShouldBlame("scan.guard", "Scan protection of this computer's own is suspected", "inet guard out", "comment \"no scans\"");
        report.ExitCode.ShouldBe(10, report.All);
    }

    [Fact]
    public void Without_a_server_the_rest_is_reported_and_the_rules_are_asked_all_the_same()
    {
        using var planted = CheckWorld.Plant(world.Client, "hidden", """
            chain out {
                type filter hook output priority 0;
                udp dport 443 drop comment "quic"
            }
            """);
        var report = world.Check(new Dictionary<string, string>());
        report.ExitCode.ShouldBe(10, report.All);
        report.Verdict("outgoing.server").ShouldBe("warn");
        report.ShouldBlame("outgoing.udp.443", "comment \"quic\"");
        report.Verdict("nat.unknown").ShouldBe("warn");
    }

    [Fact]
    public void A_fixed_port_is_held_against_the_live_range_and_the_own_firewall()
    {
        world.Client.Check("sysctl", "-q", "-w", "net.ipv4.ip_local_port_range=14000 15000");
        using var planted = CheckWorld.Plant(world.Client, "closed", """
            chain in {
                type filter hook input priority 0; policy drop;
                ct state established,related accept
                iifname "lo" accept
            }
            """);
        try
        {
            var report = world.Check("--server", world.Server, "--port", "14357");
            report.ShouldBlame("host.fixed-port", "Port 14357");
            report.ShouldBlame("host.incoming", "nftables", "inet closed in", "policy drop");
            report.Sentence("host.ephemeral").ShouldContain("14000-15000");
        }
        finally
        {
            world.Client.Check("sysctl", "-q", "-w", "net.ipv4.ip_local_port_range=32768 60999");
        }
    }

    private static void ShouldBeTheOnlyOne(CheckReport report, string id)
    {
        foreach (var other in (string[])["outgoing.tcp.80", "outgoing.tcp.443", "outgoing.tcp.4780", "outgoing.udp.443", "outgoing.udp.3478", "outgoing.udp.4780"])
        {
            (report.Verdict(other) == "ok").ShouldBe(other != id, report.All);
        }

        report.ExitCode.ShouldNotBe(0, report.All);
    }

    private CheckReport CheckWithResolver()
    {
        var configuration = Path.Combine(world.Folder, "resolv.conf");
        File.WriteAllText(configuration, $"nameserver {world.Server}\n");
        var script = $"mount --make-rprivate / && mount --bind {configuration} /etc/resolv.conf && exec {PosternProgram.Path} check --json --server {world.Server}";
        return new(world.Client.Run("unshare", ["-m", "sh", "-c", script], PosternProgram.HomeIn(Path.Combine(world.Folder, "resolver-home")), seconds: 60));
    }

    private IDisposable Block(string rules) => CheckWorld.Plant(world.Router, "blocked", $"chain forward {{ type filter hook forward priority -5;\n {rules}\n }}");
}

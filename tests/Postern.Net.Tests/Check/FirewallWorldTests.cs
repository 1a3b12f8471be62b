using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Check;

/// <summary>A rule that hides in iptables, ufw or firewalld, each loaded by its own tool: check finds it and says whose it is.</summary>
[Trait("part", "net")]
public sealed class FirewallWorldTests(CheckWorld world) : IClassFixture<CheckWorld>
{
    [Fact]
    public void A_rule_that_hides_in_a_chain_of_iptables_is_found()
    {
        world.Client.Check("iptables-restore", Write("hidden.ipt", """
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            :office - [0:0]
            -A OUTPUT -o lo -j ACCEPT
            -A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
            -A OUTPUT -o eth+ -j office
            -A office -p tcp -m multiport --dports 25,443 -m comment --comment "no mail, no web" -j REJECT --reject-with tcp-reset
            -A office -p udp -d 203.0.113.2/32 --dport 4780 -j DROP
            -A office -m owner --uid-owner 4242 -j DROP
            COMMIT

            """));
        try
        {
            var report = world.Check();
            report.ExitCode.ShouldBe(11, report.All);
            report.ShouldBlame("outgoing.udp.4780", "iptables stops it", "filter office", "--dport 4780");
            report.Next("outgoing.udp.4780").ShouldStartWith("iptables -t filter -D office ");
            report.Sentence("host.firewall").ShouldContain("iptables");
            report.Data("summary").GetProperty("format").GetString().ShouldBe("iptables");
            report.Data("summary").GetProperty("rules").GetString()!.ShouldContain("postern:relay");
        }
        finally
        {
            world.Client.Check("nft", "flush", "ruleset");
        }
    }

    /// <summary>Of the two kinds of iptables the one that nftables' tools do not see.</summary>
    [Fact]
    public void A_rule_that_hides_in_the_old_iptables_is_found_where_nothing_else_is_there()
    {
        world.Client.Check("iptables-legacy-restore", Write("old.ipt", """
            *filter
            :INPUT ACCEPT [0:0]
            :FORWARD ACCEPT [0:0]
            :OUTPUT ACCEPT [0:0]
            :attic - [0:0]
            -A OUTPUT -j attic
            -A attic -p udp --dport 4780 -j DROP
            COMMIT

            """));
        try
        {
            var report = world.Check();
            report.ShouldBlame("outgoing.udp.4780", "iptables stops it", "filter attic", "--dport 4780");
            report.Next("outgoing.udp.4780").ShouldBe("iptables-legacy -t filter -D attic -p udp -m udp --dport 4780 -j DROP");
            report.ExitCode.ShouldBe(11, report.All); // over HTTPS
        }
        finally
        {
            world.Client.Check("iptables-legacy", "-F");
            world.Client.Check("iptables-legacy", "-X");
        }
    }

    /// <summary>Real ufw, with folders of its own that lie over the machine's for this process alone.</summary>
    [Fact]
    public void A_rule_that_was_typed_into_ufw_is_told_as_it_was_typed()
    {
        var script = $$"""
            set -e
            mount --make-rprivate /
            mkdir {{world.Folder}}/ufw {{world.Folder}}/default {{world.Folder}}/lib
            cp -a /etc/ufw/. {{world.Folder}}/ufw; cp -a /etc/default/. {{world.Folder}}/default; cp -a /lib/ufw/. {{world.Folder}}/lib
            mount --bind {{world.Folder}}/ufw /etc/ufw; mount --bind {{world.Folder}}/default /etc/default; mount --bind {{world.Folder}}/lib /lib/ufw
            sed -i 's/^IPT_SYSCTL/#&/' /etc/default/ufw
            ufw default allow outgoing >&2
            ufw deny out 443/tcp >&2
            ufw reject out proto udp to 203.0.113.2 port 4780 >&2
            ufw --force enable >&2
            {{PosternProgram.Path}} check --json --server {{world.Server}} || code=$?
            ufw disable >&2
            exit ${code:-0}
            """;
        var home = PosternProgram.HomeIn(Path.Combine(world.Folder, "ufw-home"));
        var report = new CheckReport(world.Client.Run("unshare", ["-m", "sh", "-c", script], home, seconds: 90));
        world.Client.Check("nft", "flush", "ruleset");
        report.Sentence("host.firewall").ShouldContain("ufw", customMessage: report.All);
        report.ShouldBlame("outgoing.tcp.443", "ufw stops it", "'ufw deny out 443/tcp' made");
        report.ShouldBlame("outgoing.udp.4780", "'ufw reject out proto udp from any to 203.0.113.2 port 4780' made");
        report.Next("outgoing.tcp.443").ShouldBe("ufw delete deny out 443/tcp");
        report.ExitCode.ShouldBe(11, report.All);
    }

    /// <summary>Real firewalld on a bus of its own.</summary>
    [Fact]
    public void A_rule_of_firewalld_is_found_in_the_chains_that_it_made()
    {
        var folder = Path.Combine(world.Folder, "firewalld");
        foreach (var part in (string[])["zones", "policies", "services", "icmptypes", "ipsets", "helpers"])
        {
            Directory.CreateDirectory(Path.Combine(folder, part));
        }

        File.Copy("/etc/firewalld/firewalld.conf", Path.Combine(folder, "firewalld.conf"), overwrite: true);
        Write("firewalld/policies/hidden.xml", """
            <?xml version="1.0" encoding="utf-8"?>
            <policy target="CONTINUE">
              <ingress-zone name="HOST"/>
              <egress-zone name="ANY"/>
              <rule family="ipv4"><port port="443" protocol="tcp"/><reject/></rule>
              <rule family="ipv4"><destination address="203.0.113.2"/><port port="4780" protocol="udp"/><drop/></rule>
            </policy>
            """);
        var bus = Write("bus.conf", $"""
            <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
            <busconfig><type>system</type><listen>unix:path={world.Folder}/bus</listen><auth>EXTERNAL</auth>
            <policy context="default"><allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/></policy></busconfig>
            """);
        var address = new Dictionary<string, string> { ["DBUS_SYSTEM_BUS_ADDRESS"] = $"unix:path={world.Folder}/bus" };
        using var daemon = world.Client.Start("dbus-daemon", ["--nofork", "--nopidfile", "--print-address", $"--config-file={bus}"], address);
        daemon.WaitFor("unix:path");
        using var firewalld = world.Client.Start("firewalld", ["--nofork", "--nopid", "--system-config", folder, "--log-target", "console"], address);
        SpinWait.SpinUntil(() => world.Client.Run("nft", "list", "ruleset").Output.Contains("filter_OUT_policy_hidden_deny", StringComparison.Ordinal) || firewalld.HasExited, TimeSpan.FromSeconds(30));
        firewalld.HasExited.ShouldBeFalse(firewalld.Errors + firewalld.Output);
        try
        {
            Thread.Sleep(1000); // the last of its transactions
            var report = world.Check();
            report.Sentence("host.firewall").ShouldContain("firewalld", customMessage: report.All);
            report.ShouldBlame("outgoing.udp.4780", "firewalld stops it", "inet firewalld filter_OUT_policy_hidden_deny", "udp dport 4780");
            report.ExitCode.ShouldBe(11, report.All);
        }
        finally
        {
            firewalld.Kill();
            world.Client.Check("nft", "flush", "ruleset");
        }
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(world.Folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}

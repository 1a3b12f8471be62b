using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Firewalls.Learning;

public class HarnessTests
{
    [Fact]
    public void The_kernel_ends_nftables_harness_by_itself()
    {
        LearningLab.Require();
        using var network = new Network();
        var host = network.Core;
        host.ApplyRules("table inet filter {\n chain forward {\n type filter hook forward priority filter; policy accept;\n }\n}\n");
        host.RunPostern("learn", "harness", "--host", "192.168.1.10", "--host", "2001:db8::10", "--minutes", "0.05", "--out", network.Folder).Succeeded.ShouldBeTrue();
        host.Check("nft", "-f", Path.Combine(network.Folder, "postern-learn.nft"));
        host.Check("nft", "list", "set", "inet", "filter", "postern_learn4").ShouldContain("192.168.1.10");
        Thread.Sleep(4000);
        host.Check("nft", "list", "set", "inet", "filter", "postern_learn4").ShouldNotContain("192.168.1.10");
        host.Check("nft", "list", "set", "inet", "filter", "postern_learn6").ShouldNotContain("2001:db8::10");
        host.Check("sh", Path.Combine(network.Folder, "postern-learn-undo.sh"));
        host.Check("nft", "list", "ruleset").ShouldNotContain("learn");
    }

    [Fact]
    public void Shorewall_takes_the_harness()
    {
        LearningLab.Require("shorewall");
        using var network = new Network();
        var folder = Path.Combine(network.Folder, "shorewall");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "zones"), "fw firewall\nnet ipv4\nloc ipv4\n");
        File.WriteAllText(Path.Combine(folder, "interfaces"), "?FORMAT 2\nnet eth0\nloc eth1\n");
        File.WriteAllText(Path.Combine(folder, "policy"), "all all DROP\n");
        File.WriteAllText(Path.Combine(folder, "shorewall.conf"), "STARTUP_ENABLED=Yes\nCONFIG_PATH=\":/usr/share/shorewall\"\n");
        network.Core.RunPostern("learn", "harness", "--host", "192.168.1.10", "--format", "shorewall", "--into", "loc net", "--out", network.Folder).Succeeded.ShouldBeTrue();
        var rules = Path.Combine(network.Folder, "rules");
        File.WriteAllText(Path.Combine(folder, "rules"), "?SECTION NEW\n" + File.ReadAllText(rules));
        network.Core.Check("shorewall", "check", folder).ShouldContain("verified");
        File.AppendAllText(Path.Combine(folder, "rules"), "NONSUCH loc net\n");
        network.Core.Run("shorewall", "check", folder).Succeeded.ShouldBeFalse();
    }

    [Theory]
    [InlineData("iptables", "192.168.1.10")]
    [InlineData("ip6tables", "2001:db8::10")]
    public void Iptables_takes_the_harness(string tool, string address)
    {
        LearningLab.Require(tool);
        using var network = new Network();
        var host = network.Core;
        host.RunPostern("learn", "harness", "--host", address, "--format", "iptables", "--nflog", "5", "--out", network.Folder).Succeeded.ShouldBeTrue();
        host.Check($"{tool}-restore", "--test", "--noflush", Path.Combine(network.Folder, $"postern-learn.{tool}"));
    }
}

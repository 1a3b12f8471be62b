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

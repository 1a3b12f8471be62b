using Postern.Firewalls.Formats;
using Postern.Firewalls.Hosts;
using Postern.Firewalls.Rules;

namespace Postern.Net.Tests.Firewalls;

/// <summary>Fragments come and go without touching what stands beside them.</summary>
[Trait("part", "net")]
public class FragmentTests
{
    private static readonly Policy Policy = new PolicyDice(5, IpVersion.V4).Policy(isWhole: false, isRouter: true);

    [Fact]
    public void What_nftables_loads_twice_is_there_once_and_goes_by_undo()
    {
        using var bench = new FirewallBench();
        bench.Load(("nft -f -", FirewallLoad.StandingNftables));
        var before = bench.Run("nft", ["list", "ruleset"]);
        var format = new NftablesFormat();

        Nft(bench, format.Write(Policy, new()));
        var once = bench.Run("nft", ["list", "ruleset"]);
        Nft(bench, format.Write(Policy, new() { HostRuleset = Ruleset(bench) }));
        bench.Run("nft", ["list", "ruleset"]).ShouldBe(once);
        once.ShouldContain("comment \"postern:app");

        Nft(bench, format.Write(Policy, new() { IsUndo = true, HostRuleset = Ruleset(bench) }));
        bench.Run("nft", ["list", "ruleset"]).ShouldBe(before);
    }

    [Fact]
    public void Undo_that_knows_no_handles_leaves_only_jumps_into_empty_chains()
    {
        using var bench = new FirewallBench();
        bench.Load(("nft -f -", FirewallLoad.StandingNftables));
        var format = new NftablesFormat();

        Nft(bench, format.Write(Policy, new()));
        Nft(bench, format.Write(Policy, new() { IsUndo = true }));
        bench.Run("nft", ["list", "ruleset"]).ShouldNotContain("postern:app");

        Nft(bench, format.Write(Policy, new()));
        bench.Run("nft", ["list", "ruleset"]).ShouldContain("postern:app");
    }

    [Theory]
    [InlineData("iptables", "postern.v4")]
    [InlineData("ip6tables", "postern.v6")]
    public void What_iptables_loads_goes_by_undo_and_a_second_load_changes_nothing(string id, string file)
    {
        using var bench = new FirewallBench();
        bench.Load(($"{id}-restore", FirewallLoad.StandingIptables));
        var format = RuleFormats.Find(id)!;
        var before = Saved(bench, id);
        var output = format.Write(Policy, new());
        output.Files.Single().Name.ShouldBe(file);

        bench.Run($"{id}-restore", ["--noflush"], output.Files.Single().Text);
        var once = Saved(bench, id);
        once.ShouldContain("postern:app");
        bench.Try($"{id}-restore", ["--noflush"], output.Files.Single().Text).Succeeded.ShouldBeFalse();
        Saved(bench, id).ShouldBe(once);

        bench.Run($"{id}-restore", ["--noflush"], format.Write(Policy, new() { IsUndo = true }).Files.Single().Text);
        Saved(bench, id).ShouldBe(before);
    }

    [Fact]
    public void A_chain_that_would_still_refuse_is_named()
    {
        using var bench = new FirewallBench();
        bench.Load(
            ("nft -f -", FirewallLoad.StandingNftables),
            ("nft -f -", """
                table inet guard {
                    set bad {
                        type inet_service
                        flags interval
                        elements = { 14000-15000 }
                    }
                    chain checks {
                        udp dport @bad drop
                    }
                    chain forward {
                        type filter hook forward priority 10; policy accept;
                        ct state vmap { established : accept, related : accept, invalid : drop }
                        iifname "eth1" oifname { "eth0", "eth2" } jump checks
                        iifname "eth2" drop
                    }
                }
                table ip strict {
                    chain forward {
                        type filter hook forward priority 20; policy drop;
                        udp dport 14357 accept
                    }
                }
                """));
        var rule = new Rule
        {
            Id = "skype:out-udp",
            Phase = Phase.Narrow,
            Verdict = new Verdict.Accept(),
            Match = new() { From = FirewallBench.Loc, To = FirewallBench.Net, Protocol = IpProtocol.Udp, DestinationPorts = PortSet.Of(14357) },
        };
        var output = new NftablesFormat().Write(new() { IsRouter = true, Rules = [rule, rule with { Id = "other:web", Match = rule.Match with { Protocol = IpProtocol.Tcp } }] }, new() { HostRuleset = Ruleset(bench) });

        output.Obstacles.Count.ShouldBe(2);
        output.Obstacles[0].ShouldStartWith("STILL REFUSED: inet guard forward refuses it, by the rule with handle");
        output.Obstacles[0].ShouldEndWith("in inet guard checks: skype:out-udp");
        output.Obstacles[1].ShouldBe("STILL REFUSED: ip strict forward drops what it does not accept, and it accepts no such flow: other:web");
        output.Files.Single().Text.ShouldContain($"# {output.Obstacles[0]}\n");
    }

    private static void Nft(FirewallBench bench, FormatOutput output) => bench.Run("nft", ["-f", "-"], output.Files.Single().Text);

    private static NftRuleset Ruleset(FirewallBench bench) => NftRuleset.Parse(bench.Run("nft", ["-j", "list", "ruleset"])).ShouldNotBeNull();

    // Without comments, counters, and tables that hold only the kernel's chains.
    private static string Saved(FirewallBench bench, string id) => string.Join('\n', bench.Run($"{id}-save", []).Split('\n')
        .Select(line => line.Split(" [")[0])
        .Where(line => line.StartsWith("-A", StringComparison.Ordinal) || line.StartsWith(":postern", StringComparison.Ordinal)));
}

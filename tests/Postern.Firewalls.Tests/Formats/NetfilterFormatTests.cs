using System.Net;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Formats;

/// <summary>What nftables and iptables would take wrongly, or cut without a word; that the kernel does what is written is for the net tests.</summary>
public class NetfilterFormatTests
{
    private static readonly Zone Net = new("net", ["eth0"], AddressSet.Any);
    private static readonly Zone Loc = new("loc", ["eth1"], AddressSet.Any);

    [Fact]
    public void Every_rule_has_its_tag_and_a_fragment_its_own_chains()
    {
        var text = Nftables(Accept("skype:out-udp"));

        text.ShouldContain("iifname \"eth1\" oifname \"eth0\" meta l4proto 17 accept comment \"postern:skype:out-udp\"");
        text.ShouldContain("insert rule inet filter forward jump postern-skype-forward comment \"postern:postern-skype\"");
        text.ShouldContain("flush chain inet filter postern-skype-forward\n");
    }

    [Fact]
    public void A_fragment_goes_into_the_chain_that_was_named()
    {
        Write(new NftablesFormat(), new() { Into = "ip fw4 mine" }, Accept("a:b")).Files[0].Text.ShouldContain("insert rule ip fw4 mine jump postern-a-forward");
        Write(new IptablesFormat(), new() { Into = "DOCKER-USER" }, Accept("a:b")).Files[0].Text.ShouldContain("-I DOCKER-USER -m comment");
        Write(new IptablesFormat(), new() { Into = "input=IN,forward=FWD" }, Accept("a:b")).Files[0].Text.ShouldContain("-I FWD -m comment");
        Should.Throw<FormatException>(() => Write(new NftablesFormat(), new() { Into = "a; flush ruleset" }, Accept("a:b")));
    }

    [Fact]
    public void Log_prefixes_are_cut_to_what_the_kernel_keeps()
    {
        var rule = Accept("a:b") with { LogPrefix = $"{new string('x', 200)}\"\n: " };

        Nftables(rule).ShouldContain($"log prefix \"{new string('x', 125)}: \" accept");
        Iptables(rule).ShouldContain($"--log-prefix \"{new string('x', 27)}: \"\n");
    }

    [Fact]
    public void Multiport_takes_fifteen_ports_and_a_range_counts_two()
    {
        var ranges = Enumerable.Range(0, 8).Select(i => new PortRange((ushort)(1000 + (10 * i)), (ushort)(1001 + (10 * i))));
        var rule = Accept("a:b", match => match with { DestinationPorts = PortSet.Of(ranges) });

        Iptables(rule).Split('\n').Where(line => line.Contains("--dports")).Select(line => line.Split("--dports ")[1].Split(' ')[0]).ShouldBe(
            ["1000:1001,1010:1011,1020:1021,1030:1031,1040:1041,1050:1051,1060:1061", "1070:1071"]);
    }

    [Fact]
    public void The_same_port_at_both_ends_is_named_pair_by_pair_or_lost()
    {
        var few = Accept("smb:names", match => match with { SourcePorts = Range(137, 138), DestinationPorts = Range(137, 138), SamePort = true });
        var many = Accept("any:same", match => match with { SamePort = true });

        Nftables(few).ShouldContain("udp sport . udp dport { 137 . 137, 138 . 138 } accept");
        Iptables(few).ShouldContain("--sports 138 -m multiport --dports 138 ");
        foreach (var format in new IRuleFormat[] { new NftablesFormat(), new IptablesFormat() })
        {
            var output = Write(format, new(), many);
            output.Losses.Single().RuleId.ShouldBe("any:same");
            output.Opened.ShouldBe(0);
            output.Files[0].Text.ShouldContain("# LEFT OUT, because it cannot be said exactly here:\n#   any:same: ");
        }
    }

    [Fact]
    public void What_a_lost_refusal_would_have_kept_closed_is_not_opened()
    {
        var refusal = Accept("noise:same", match => match with { SamePort = true }) with { Phase = Phase.Noise, Verdict = new Verdict.Drop() };
        var output = Write(new NftablesFormat(), new(), refusal, Accept("app:all"), Accept("app:web", match => match with { Protocol = IpProtocol.Tcp }));

        output.Losses.Select(loss => loss.RuleId).ShouldBe(["noise:same", "app:all"]);
        output.Opened.ShouldBe(1);
    }

    [Fact]
    public void A_refusal_before_a_redirection_keeps_its_packets_from_being_redirected()
    {
        var forward = Accept("skype:in") with { Match = new() { From = Net, To = Zone.Self, Protocol = IpProtocol.Udp, DestinationPorts = PortSet.Of(14357) }, Verdict = new Verdict.Forward(IPAddress.Parse("192.168.1.10")) };
        var refusal = forward with { Id = "noise:in", Verdict = new Verdict.Drop(), Match = forward.Match with { SourcePorts = PortSet.Of(53) } };
        var text = Nftables(refusal, forward);

        var (left, redirected) = (text.IndexOf("udp sport 53 udp dport 14357 return", StringComparison.Ordinal), text.IndexOf("dnat ip to 192.168.1.10", StringComparison.Ordinal));
        left.ShouldBeInRange(0, redirected);
        text.ShouldContain("ip daddr 192.168.1.10 udp dport 14357 ct status dnat accept");
        Iptables(forward).ShouldContain("-m conntrack --ctstate DNAT -m comment");
    }

    [Fact]
    public void No_text_of_an_entry_ends_a_comment_or_a_name()
    {
        var rule = Accept("a\nflush ruleset:b\"}") with { Why = "one\nflush ruleset\u2028two" };

        Nftables(rule).Split('\n').ShouldAllBe(line => !line.TrimStart().StartsWith("flush ruleset"));
        Nftables(rule).ShouldContain("comment \"postern:a-flush-ruleset:b--\"");
        Iptables(Accept(new string('a', 300))).Split('\n').Where(line => line.StartsWith("-N ")).ShouldAllBe(line => line.Length <= 3 + 28);
    }

    private static Rule Accept(string id, Func<Match, Match>? change = null) => new()
    {
        Id = id,
        Phase = Phase.Narrow,
        Verdict = new Verdict.Accept(),
        Match = (change ?? (match => match))(new() { From = Loc, To = Net, Protocol = IpProtocol.Udp }),
    };

    private static PortSet Range(ushort first, ushort last) => PortSet.Of(new PortRange(first, last));

    private static string Nftables(params Rule[] rules) => Write(new NftablesFormat(), new(), rules).Files.Single().Text;

    private static string Iptables(params Rule[] rules) => Write(new IptablesFormat(), new(), rules).Files.Single().Text;

    private static FormatOutput Write(IRuleFormat format, FormatOptions options, params Rule[] rules) =>
        format.Write(new() { IsRouter = true, Zones = [Net, Loc], Rules = rules }, options);
}

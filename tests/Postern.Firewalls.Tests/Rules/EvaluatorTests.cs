using System.Net;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

public class EvaluatorTests
{
    private static readonly Zone Net = new("net", ["eth0"], AddressSet.Any);
    private static readonly Zone Loc = new("loc", ["eth1"], AddressSet.Any);

    [Fact]
    public void The_first_rule_that_matches_decides()
    {
        var policy = Policy(Rule("a", new() { Protocol = IpProtocol.Tcp, DestinationPorts = PortSet.Of(80) }, new Verdict.Reject()), Rule("b", new(), new Verdict.Accept()));
        Evaluator.Judge(policy, Packet(80)).Rule!.Id.ShouldBe("a");
        Evaluator.Judge(policy, Packet(81)).Rule!.Id.ShouldBe("b");
    }

    [Fact]
    public void Then_the_first_default_that_fits_then_silence()
    {
        var policy = Policy() with { Defaults = [new(Loc, null, new Verdict.Accept()), new(Net, Loc, new Verdict.Reject(), "x")] };
        Evaluator.Judge(policy, Packet(80)).Default!.LogPrefix.ShouldBe("x");
        var silent = Evaluator.Judge(policy, Packet(80) with { To = Zone.Self });
        silent.Default.ShouldBeNull();
        silent.Verdict.ShouldBe(new Verdict.Drop());
    }

    [Fact]
    public void The_loopback_passes_whatever_the_rules_say() =>
        Evaluator.Judge(Policy(Rule("a", new(), new Verdict.Drop())), Packet(80) with { From = Zone.Self, To = Zone.Self }).LetsPass.ShouldBeTrue();

    [Fact]
    public void A_zone_of_the_way_back_reaches_itself_unless_a_rule_says_no()
    {
        var back = Policy(Rule("a", new() { Protocol = IpProtocol.Tcp, DestinationPorts = PortSet.Of(25) }, new Verdict.Drop())) with { RouteBack = [Loc] };
        var packet = Packet(80) with { From = Loc, To = Loc };
        Evaluator.Judge(back, packet).LetsPass.ShouldBeTrue();
        Evaluator.Judge(back, packet with { DestinationPort = 25 }).LetsPass.ShouldBeFalse();
        Evaluator.Judge(back with { RouteBack = [] }, packet).LetsPass.ShouldBeFalse();
    }

    [Fact]
    public void A_forwarded_packet_goes_on_to_the_host_behind()
    {
        var forward = Rule("a", new() { From = Net, To = Zone.Self, Protocol = IpProtocol.Tcp, DestinationPorts = PortSet.Of(80) }, new Verdict.Forward(IPAddress.Parse("192.168.1.10"), 8080));
        var judgement = Evaluator.Judge(Policy(forward), Packet(80) with { To = Zone.Self });
        judgement.Destination.ShouldBe(IPAddress.Parse("192.168.1.10"));
        judgement.DestinationPort.ShouldBe((ushort)8080);
        judgement.IsHairpin.ShouldBeFalse();
        var six = Packet(80) with { To = Zone.Self, Source = IPAddress.IPv6Loopback, Destination = IPAddress.IPv6Loopback };
        Evaluator.Judge(Policy(forward), six).LetsPass.ShouldBeFalse("an IPv4 host takes no IPv6");
    }

    [Theory]
    [InlineData(137, 137, true)]
    [InlineData(137, 138, false)]
    [InlineData(139, 139, false)]
    public void The_same_port_at_both_ends_is_the_same_number(ushort source, ushort destination, bool matches)
    {
        var ports = PortSet.Of(new PortRange(137, 138));
        var match = new Match { Protocol = IpProtocol.Tcp, SourcePorts = ports, DestinationPorts = ports, SamePort = true };
        Evaluator.Matches(match, Packet(destination) with { SourcePort = source }).ShouldBe(matches);
    }

    [Fact]
    public void A_match_that_names_ports_is_about_protocols_that_have_them()
    {
        var match = new Match { DestinationPorts = PortSet.Of(0) };
        Evaluator.Matches(match, Packet(0)).ShouldBeTrue();
        Evaluator.Matches(match, Packet(0) with { Protocol = IpProtocol.Gre }).ShouldBeFalse();
    }

    [Fact]
    public void A_type_is_of_ICMP_alone()
    {
        var match = new Match { IcmpType = 8 };
        Evaluator.Matches(match, Packet(0) with { Protocol = IpProtocol.Icmp, IcmpType = 8 }).ShouldBeTrue();
        Evaluator.Matches(match, Packet(0) with { Protocol = IpProtocol.Icmp, IcmpType = 0 }).ShouldBeFalse();
        Evaluator.Matches(match, Packet(0)).ShouldBeFalse();
    }

    private static Policy Policy(params Rule[] rules) => new() { IsRouter = true, Zones = [Net, Loc], Rules = rules };

    private static Rule Rule(string id, Match match, Verdict verdict) => new() { Id = id, Phase = Phase.Narrow, Match = match, Verdict = verdict };

    private static Packet Packet(ushort port) => new(Net, Loc, IpProtocol.Tcp, IPAddress.Parse("198.51.100.7"), 40000, IPAddress.Parse("192.0.2.1"), port);
}

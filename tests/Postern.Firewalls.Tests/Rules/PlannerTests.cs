using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

public class PlannerTests
{
    private static readonly PortSet Vista = PortSet.Of(new PortRange(49152, 65535));

    [Fact]
    public void The_rules_of_the_article_come_out_of_its_entry()
    {
        var plan = Planner.Plan(Request("client=192.168.1.10") with { Versions = [IpVersion.V4] });
        plan.Policy.Rules.Select(Text).ShouldBe(
        [
            "skype:upnp reject loc>fw udp 192.168.1.10:any>0.0.0.0/0:5351 Noise",
            "skype:in-tcp to 192.168.1.10 net>fw tcp 0.0.0.0/0:any>0.0.0.0/0:14357 Narrow",
            "skype:in-udp to 192.168.1.10 net>fw udp 0.0.0.0/0:any>0.0.0.0/0:14357 Narrow",
            "skype:out-udp accept loc>net udp 192.168.1.10:14357>0.0.0.0/0:1024-65535 Narrow",
            "skype:web-udp accept loc>net udp 192.168.1.10:14357>0.0.0.0/0:80,443 Narrow",
            "skype:out-tcp accept loc>net tcp 192.168.1.10:49152-65535>0.0.0.0/0:1024-65535 Wide",
        ]);
        plan.Policy.Rules.ShouldAllBe(rule => rule.LogPrefix == null);
    }

    [Fact]
    public void IPv6_needs_no_NAT()
    {
        var plan = Planner.Plan(Request("client=192.168.1.10,2001:db8:1::10"));
        plan.Policy.Rules.Where(rule => rule.Id.StartsWith("skype:in-udp", StringComparison.Ordinal)).Select(Text).ShouldBe(
        [
            "skype:in-udp:1 to 192.168.1.10 net>fw udp 0.0.0.0/0:any>0.0.0.0/0:14357 Narrow",
            "skype:in-udp:2 accept net>loc udp ::/0:any>2001:db8:1::10:14357 Narrow",
        ]);
        plan.Notes.ShouldNotContain(note => note.Kind == PlanNoteKind.NoAddress);
    }

    [Fact]
    public void A_family_of_which_no_address_was_named_is_told_of()
    {
        var plan = Planner.Plan(Request("client=192.168.1.10"));
        plan.Policy.Rules.ShouldAllBe(rule => !rule.AppliesTo(IpVersion.V6));
        plan.Notes.ShouldContain(note => note.Kind == PlanNoteKind.NoAddress && note.Flow == "skype:in-udp");
    }

    [Fact]
    public void Two_clients_have_two_ports_and_a_way_back()
    {
        var plan = Planner.Plan(Request("client=192.168.1.10:14357", "client=192.168.1.11:14358") with { Versions = [IpVersion.V4] });
        plan.Policy.Rules.Where(rule => rule.Verdict is Verdict.Forward && rule.Match.Protocol == IpProtocol.Udp).Select(Text).ShouldBe(
        [
            "skype:in-udp:1 to 192.168.1.10 net>fw udp 0.0.0.0/0:any>0.0.0.0/0:14357 Narrow",
            "skype:in-udp:2 to 192.168.1.11 net>fw udp 0.0.0.0/0:any>0.0.0.0/0:14358 Narrow",
        ]);
        plan.Policy.RouteBack.Single().Name.ShouldBe("loc");
    }

    [Fact]
    public void Where_the_outer_address_is_known_callers_inside_are_forwarded_too()
    {
        var site = Site.DefaultRouter with { Outer = AddressSet.Of(IPAddress.Parse("203.0.113.5")) };
        var request = Request("client=192.168.1.10:14357", "client=192.168.1.11:14358") with { Versions = [IpVersion.V4], Site = site };
        var policy = Planner.Plan(request).Policy;
        var packet = new Packet(policy.Zones[1], Zone.Self, IpProtocol.Udp, IPAddress.Parse("192.168.1.11"), 14358, IPAddress.Parse("203.0.113.5"), 14357);
        var judgement = Evaluator.Judge(policy, packet);
        judgement.LetsPass.ShouldBeTrue();
        judgement.IsHairpin.ShouldBeTrue();
        judgement.Destination.ShouldBe(IPAddress.Parse("192.168.1.10"));
    }

    [Fact]
    public void A_host_opens_what_begins_and_ends_at_it()
    {
        var plan = Planner.Plan(Request("client=self") with { Site = Site.DefaultHost, Versions = [IpVersion.V4] });
        plan.Policy.Rules.Select(Text).ShouldBe(
        [
            "skype:upnp reject fw>net udp 0.0.0.0/0:any>0.0.0.0/0:5351 Noise",
            "skype:in-tcp accept net>fw tcp 0.0.0.0/0:any>0.0.0.0/0:14357 Narrow",
            "skype:in-udp accept net>fw udp 0.0.0.0/0:any>0.0.0.0/0:14357 Narrow",
            "skype:out-udp accept fw>net udp 0.0.0.0/0:14357>0.0.0.0/0:1024-65535 Narrow",
            "skype:web-udp accept fw>net udp 0.0.0.0/0:14357>0.0.0.0/0:80,443 Narrow",
            "skype:out-tcp accept fw>net tcp 0.0.0.0/0:49152-65535>0.0.0.0/0:1024-65535 Wide",
        ]);
    }

    [Fact]
    public void At_a_host_the_first_binding_is_this_host_and_others_limit_whom_it_talks_to()
    {
        var plan = Planner.Plan(Request("client=192.0.2.1", "peer=198.51.100.7") with { Site = Site.DefaultHost });
        Text(plan.Policy.Rules.Single(rule => rule.Id == "skype:in-udp")).ShouldBe("skype:in-udp accept net>fw udp 198.51.100.7:any>192.0.2.1:14357 Narrow");
    }

    [Fact]
    public void The_answering_half_of_a_flow_is_never_opened()
    {
        var entry = SkypeEntry.Application with
        {
            Flows = [SkypeEntry.Flow("back", "peer", "client", IpProtocol.Tcp, SkypeEntry.Ports("139,445"), SkypeEntry.High, FlowNeed.StatelessOnly)],
        };
        var plan = Planner.Plan(Request("client=192.168.1.10") with { Applications = [entry], WithLegacy = true });
        plan.Policy.Rules.ShouldBeEmpty();
        plan.Notes.ShouldContain(note => note.Kind == PlanNoteKind.StatelessOnly && note.Flow == "skype:back");
    }

    [Fact]
    public void What_another_application_needs_is_no_noise()
    {
        var mapping = SkypeEntry.Application with
        {
            Id = "pcp",
            Flows = [SkypeEntry.Flow("map", "client", "gateway", IpProtocol.Udp, PortExpression.Anything, SkypeEntry.Ports("5351"))],
        };
        var plan = Planner.Plan(Request("client=192.168.1.10") with { Applications = [SkypeEntry.Application, mapping] });
        plan.Policy.Rules.ShouldNotContain(rule => rule.Phase == Phase.Noise);
        plan.Notes.ShouldContain(note => note.Kind == PlanNoteKind.NoiseYields && note.Flow == "skype:upnp");
    }

    [Fact]
    public void Noise_towards_strangers_is_refused_to_those_who_are_named_alone()
    {
        var entry = SkypeEntry.Application with
        {
            Flows = [SkypeEntry.Flow("web", "client", "peer", IpProtocol.Tcp, PortExpression.Anything, SkypeEntry.Ports("80"), FlowNeed.QuietReject)],
        };
        var everybody = Planner.Plan(Request("client=192.168.1.10") with { Applications = [entry] });
        everybody.Policy.Rules.ShouldBeEmpty();
        everybody.Notes.ShouldContain(note => note.Kind == PlanNoteKind.Unaimed);
        var named = Planner.Plan(Request("client=192.168.1.10", "peer=198.51.100.7") with { Applications = [entry] });
        named.Policy.Rules.Select(Text).ShouldBe(["skype:web reject loc>net tcp 192.168.1.10:any>198.51.100.7:80 Noise"]);
    }

    [Fact]
    public void Ports_may_follow_another_flow()
    {
        var entry = SkypeEntry.Application with
        {
            Flows =
            [
                SkypeEntry.Flow("search", "client", "peer", IpProtocol.Udp, SkypeEntry.Listen, SkypeEntry.Ports("2001-2999")),
                SkypeEntry.Flow("fetch", "client", "peer", IpProtocol.Tcp, new PortExpression.SameAs("search", true), new PortExpression.SameAs("search", false)),
            ],
        };
        var plan = Planner.Plan(Request("client=192.168.1.10:2578") with { Applications = [entry], Versions = [IpVersion.V4] });
        Text(plan.Policy.Rules[1]).ShouldBe("skype:fetch accept loc>net tcp 192.168.1.10:2578>0.0.0.0/0:2001-2999 Narrow");
    }

    [Fact]
    public void A_whole_network_cannot_be_forwarded_to()
    {
        var plan = Planner.Plan(Request("client=192.168.1.0/24") with { Versions = [IpVersion.V4] });
        plan.Policy.Rules.ShouldNotContain(rule => rule.Verdict is Verdict.Forward);
        plan.Notes.Count(note => note.Kind == PlanNoteKind.CannotForward).ShouldBe(2);
    }

    [Fact]
    public void What_is_sent_to_a_group_stays_before_the_router_and_leaves_a_host()
    {
        var entry = SkypeEntry.Application with
        {
            Flows = [SkypeEntry.Flow("find", "client", "multicast", IpProtocol.Udp, PortExpression.Anything, SkypeEntry.Ports("1900"))],
        };
        var router = Planner.Plan(Request("client=192.168.1.10") with { Applications = [entry] });
        router.Policy.Rules.ShouldBeEmpty();
        router.Notes.ShouldContain(note => note.Kind == PlanNoteKind.OutOfSight);
        var host = Planner.Plan(Request("client=self") with { Applications = [entry], Site = Site.DefaultHost });
        host.Policy.Rules.Select(Text).ShouldBe(["skype:find accept fw>net udp any:any>224.0.0.0/4,ff00::/8:1900 Narrow"]);
    }

    [Theory]
    [InlineData("server=192.168.1.10", "There is no role 'server'; there is: client, peer, gateway.")]
    [InlineData("irc:client=192.168.1.10", "'irc' is none of the applications that were asked for.")]
    [InlineData("client=dmz", "There is no zone 'dmz'; an address, the name of a zone or 'self' must follow 'client='.")]
    [InlineData("peer=198.51.100.7:80", "'peer' chooses no port here: nothing of skype depends on it.")]
    [InlineData("client=192.168.1.10:80", "Skype takes 1024-65535 as 'listen'; 80 lies outside.")]
    public void What_makes_no_sense_is_said(string binding, string sentence) =>
        Should.Throw<PlanException>(() => Planner.Plan(Request(binding))).Message.ShouldBe(sentence);

    private static PlanRequest Request(params string[] bindings) => new()
    {
        Applications = [SkypeEntry.Application],
        Bindings = [.. bindings.Select(text => RoleBinding.TryParse(text, out var binding) ? binding : throw new FormatException(text))],
        Site = Site.DefaultRouter,
        Ephemeral = new Dictionary<string, PortSet> { ["client"] = Vista },
    };

    private static string Text(Rule rule)
    {
        var (match, verdict) = (rule.Match, rule.Verdict is Verdict.Forward forward ? $"to {forward.To}" : rule.Verdict.GetType().Name.ToLowerInvariant());
        return $"{rule.Id} {verdict} {match.From?.Name}>{match.To?.Name} {match.Protocol.Word()} "
            + $"{match.Source}:{match.SourcePorts}>{match.Destination}:{match.DestinationPorts} {rule.Phase}";
    }
}

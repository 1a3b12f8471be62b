using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

/// <summary>The planner over the entries that come with Postern.</summary>
public class CatalogueRulesTests
{
    public static readonly TheoryData<string> Applications = [.. ApplicationCatalogue.Embedded.Applications.Select(application => application.Id)];

    /// <summary>The rules of "Firewalling Google Chat and Skype", with R15 (the web is open) said, for its zones.</summary>
    [Theory]
    [InlineData("192.168.1.10", "client=192.168.1.10")] // narrower than printed: T24
    [InlineData("0.0.0.0/0", "client=192.168.1.10", "client=loc")] // as printed
    public void Skype_passes_exactly_where_the_article_lets_it_pass(string senders, params string[] clients)
    {
        var site = SiteReader.Read("""
            { "at": "router", "zones": [
                { "name": "net", "interfaces": ["eth0"], "outside": true },
                { "name": "loc", "interfaces": ["eth1"], "addresses": "192.168.1.0/24", "nat": true, "routeBack": true },
                { "name": "wifi", "interfaces": ["wlan0"], "addresses": "192.168.2.0/24", "nat": true, "routeBack": true } ] }
            """);
        var request = Request("skype", site, [.. clients, "neighbour=loc", "neighbour=wifi"]) with
        {
            Versions = [IpVersion.V4],
            Ephemeral = new Dictionary<string, PortSet> { ["client"] = Ports("49152-65535") },
        };
        var plan = Planner.Plan(request);
        var policy = plan.Policy;
        plan.Notes.ShouldNotContain(note => note.Kind == PlanNoteKind.CannotForward);
        var article = Article(policy, senders);
        Shadows.Against(policy, article).ShouldBeEmpty();
        Shadows.Against(article, policy).ShouldBeEmpty();
        policy.RouteBack.Select(zone => zone.Name).ShouldBe(["loc", "wifi"]);
        var call = new Packet(policy.Zones[0], Zone.Self, IpProtocol.Udp, IPAddress.Parse("198.51.100.7"), 5000, IPAddress.Parse("203.0.113.5"), 14357);
        Evaluator.Judge(policy, call).Destination.ShouldBe(IPAddress.Parse("192.168.1.10"));
        HoleSize.Of(policy).Count.ShouldBe(HoleSize.Of(article).Count);
    }

    [Theory, MemberData(nameof(Applications))]
    public void The_rules_of_every_application_are_in_order_and_none_hides_another(string id)
    {
        foreach (var plan in Plans(id))
        {
            var policy = plan.Policy;
            policy.Rules.Select(rule => rule.Phase).ShouldBeInOrder();
            policy.Rules.Select(rule => rule.Id).ShouldBeUnique();
            policy.Rules.ShouldAllBe(rule => rule.LogPrefix == null);
            Shadows.Of(policy).ShouldBeEmpty();
        }
    }

    [Theory, MemberData(nameof(Applications))]
    public void What_only_a_filter_without_memory_needs_is_never_opened(string id)
    {
        var application = ApplicationCatalogue.Embedded.Find(id)!;
        foreach (var plan in Plans(id))
        {
            foreach (var flow in application.Flows.Where(flow => flow.Need == FlowNeed.StatelessOnly))
            {
                plan.Policy.Rules.ShouldNotContain(rule => rule.Id == $"{id}:{flow.Id}" || rule.Id.StartsWith($"{id}:{flow.Id}:"));
                plan.Notes.ShouldContain(note => note.Kind == PlanNoteKind.StatelessOnly && note.Flow == $"{id}:{flow.Id}");
            }
        }
    }

    [Theory, MemberData(nameof(Applications))]
    public void Every_flow_becomes_a_rule_or_a_note(string id)
    {
        foreach (var plan in Plans(id))
        {
            foreach (var flow in ApplicationCatalogue.Embedded.Find(id)!.Flows.Select(flow => $"{id}:{flow.Id}"))
            {
                (plan.Policy.Rules.Any(rule => rule.Id == flow || rule.Id.StartsWith($"{flow}:")) || plan.Notes.Any(note => note.Flow == flow)).ShouldBeTrue(flow);
            }
        }
    }

    /// <summary>At a host and at a router, for one host with an address of each family, and for whoever lives inside.</summary>
    private static IEnumerable<Plan> Plans(string id)
    {
        var first = ApplicationCatalogue.Embedded.Find(id)!.Roles.Keys.First(role => role is not ("router" or "gateway" or "neighbour"));
        yield return Planner.Plan(Request(id, Site.DefaultHost));
        yield return Planner.Plan(Request(id, Site.DefaultHost, $"{first}=192.0.2.1,2001:db8::1"));
        yield return Planner.Plan(Request(id, Site.DefaultRouter));
        yield return Planner.Plan(Request(id, Site.DefaultRouter, $"{first}=192.168.1.10,2001:db8:1::10") with { WithLegacy = true });
    }

    private static PlanRequest Request(string id, Site site, params string[] bindings) => new()
    {
        Applications = [ApplicationCatalogue.Embedded.Find(id)!],
        Bindings = [.. bindings.Select(text => RoleBinding.TryParse(text, out var binding) ? binding : throw new FormatException(text))],
        Site = site,
    };

    /// <summary>R1 to R14 as they are printed, R15, for the zones of the policy; the way back is R18.</summary>
    private static Policy Article(Policy policy, string senders)
    {
        var forward = new Verdict.Forward(IPAddress.Parse("192.168.1.10"));
        AddressSet.TryParse(senders, out var host).ShouldBeTrue();
        var (net, loc, wifi) = (policy.Zones[0], policy.Zones[1], policy.Zones[2]);
        List<Rule> rules =
        [
            Line("R1", forward, net, Zone.Self, IpProtocol.Tcp, "14357", "any"),
            Line("R2", forward, net, Zone.Self, IpProtocol.Udp, "14357", "any"),
            Line("R3", new Verdict.Accept(), loc, net, IpProtocol.Udp, "1024-65535", "14357", host),
            Line("R4", new Verdict.Accept(), loc, net, IpProtocol.Tcp, "1024-65535", "49152-65535", host),
            Line("R5", new Verdict.Accept(), loc, net, IpProtocol.Udp, "80,443", "14357", host),
            Line("R6", new Verdict.Reject(), loc, Zone.Self, IpProtocol.Udp, "5351", "any", host),
            Line("R15", new Verdict.Accept(), loc, net, IpProtocol.Tcp, "80,443", "49152-65535", host),
        ];
        foreach (var (from, to) in new[] { (loc, Zone.Self), (loc, wifi), (wifi, Zone.Self), (wifi, loc) })
        {
            rules.Add(Line($"R7-{from.Name}-{to.Name}", new Verdict.Accept(), from, to, IpProtocol.Tcp, "14356-14359", "1024-65535"));
            rules.Add(Line($"R8-{from.Name}-{to.Name}", new Verdict.Accept(), from, to, IpProtocol.Udp, "14356-14359", "14356-14359"));
        }

        return policy with { Rules = rules };
    }

    private static Rule Line(string id, Verdict verdict, Zone from, Zone to, IpProtocol protocol, string destination, string source, AddressSet? host = null) => new()
    {
        Id = id,
        Phase = Phase.Narrow,
        Verdict = verdict,
        Match = new() { From = from, To = to, Protocol = protocol, Source = host ?? AddressSet.Any.Of(IpVersion.V4), Destination = AddressSet.Any.Of(IpVersion.V4), SourcePorts = Ports(source), DestinationPorts = Ports(destination) },
    };

    private static PortSet Ports(string text) => PortSet.TryParse(text, out var ports) ? ports : throw new FormatException(text);
}

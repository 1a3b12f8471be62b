using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

public class RefusalTests
{
    private static readonly IPAddress Client = IPAddress.Parse("192.168.1.10");
    private static readonly IPAddress Resolver = IPAddress.Parse("9.9.9.9");
    private static readonly IPAddress Stranger = IPAddress.Parse("198.51.100.7");

    [Fact]
    public void Outgoing_UDP_is_refused_but_for_what_is_named()
    {
        var plan = Refuse(SkypeEntry.Application, "dns=9.9.9.9", "ntp");
        plan.Policy.Rules.Select(rule => (rule.Id, rule.Verdict.LetsPass)).ShouldBe([("skype:upnp", false), ("refusal:dns", true), ("refusal:ntp", true), ("refusal:udp", false)]);
        Judge(plan, IpProtocol.Udp, Stranger, 40000).Verdict.ShouldBe(new Verdict.Reject(IsAdministrative: true));
        Judge(plan, IpProtocol.Udp, Stranger, 53).Verdict.ShouldBe(new Verdict.Reject(IsAdministrative: true));
        Judge(plan, IpProtocol.Udp, Resolver, 53).LetsPass.ShouldBeTrue();
        Judge(plan, IpProtocol.Udp, Stranger, 123).LetsPass.ShouldBeTrue();
        Judge(plan, IpProtocol.Udp, Stranger, 443).Verdict.ShouldBe(new Verdict.Reject(IsAdministrative: true), "HTTP/3 goes with it");
    }

    [Fact]
    public void What_cannot_be_refused_alone_is_said()
    {
        var application = SkypeEntry.Application with { Flows = [.. SkypeEntry.Application.Flows, SkypeEntry.Flow("web", "client", "peer", IpProtocol.Tcp, PortExpression.Anything, SkypeEntry.Ports("80,443"))] };
        Refuse(application).Notes.Where(note => note.Kind == PlanNoteKind.Unrefused).Select(note => note.Flow).ShouldBe(["skype:web", "skype:out-tcp"]);
    }

    [Fact]
    public void An_application_with_a_fixed_port_is_refused_there_alone()
    {
        var irc = SkypeEntry.Application with { Id = "irc", Flows = [SkypeEntry.Flow("chat", "client", "peer", IpProtocol.Tcp, new PortExpression.Ephemeral("client"), SkypeEntry.Ports("6667"))] };
        var plan = Refuse(irc);
        plan.Policy.Rules.Single().Id.ShouldBe("irc:chat");
        Judge(plan, IpProtocol.Tcp, Stranger, 6667).Rule!.Verdict.ShouldBe(new Verdict.Reject(IsAdministrative: true));
        Judge(plan, IpProtocol.Tcp, Stranger, 6668).Rule.ShouldBeNull();
        Judge(plan, IpProtocol.Udp, Stranger, 6667).Rule.ShouldBeNull();
    }

    [Fact]
    public void A_peer_of_Postern_keeps_the_server_that_is_named_and_no_other_way()
    {
        var postern = ApplicationCatalogue.Embedded.Find("postern")!;
        var plan = Refuse(postern, "4780-4781=9.9.9.9");
        foreach (var protocol in (IpProtocol[])[IpProtocol.Tcp, IpProtocol.Udp])
        {
            Judge(plan, protocol, Resolver, 4780).LetsPass.ShouldBeTrue();
            Judge(plan, protocol, Stranger, 4780).Rule!.Verdict.ShouldBe(new Verdict.Reject(IsAdministrative: true));
        }

        Judge(plan, IpProtocol.Udp, Stranger, 40000).Rule!.Verdict.ShouldBe(new Verdict.Reject(IsAdministrative: true));
        Judge(plan, IpProtocol.Tcp, Stranger, 443).Rule.ShouldBeNull("the web is nobody's alone");
        Refuse(SkypeEntry.Application, "dns=9.9.9.9").Policy.Rules.ShouldNotContain(rule => rule.Verdict.LetsPass && rule.Match.Protocol == IpProtocol.Tcp);
    }

    [Theory]
    [InlineData("nftables", "reject with icmp type admin-prohibited")]
    [InlineData("iptables", "--reject-with icmp-admin-prohibited")]
    [InlineData("shorewall", "REJECT(icmp-admin-prohibited)")]
    [InlineData("mikrotik", "reject-with=icmp-admin-prohibited")]
    public void Formats_say_that_it_is_prohibited(string format, string words) =>
        Postern.Firewalls.Formats.RuleFormats.Find(format)!.Write(Refuse(SkypeEntry.Application).Policy, new() { Versions = [IpVersion.V4] }).Files[0].Text.ShouldContain(words);

    [Fact]
    public void A_refusal_for_one_host_is_for_that_host()
    {
        var plan = Refusal.Plan(Request(SkypeEntry.Application) with { Bindings = [new() { Role = "client", Addresses = AddressSet.Of(Client) }] }, []);
        Judge(plan, IpProtocol.Udp, Stranger, 40000).Rule!.Id.ShouldBe("refusal:udp");
        var other = new Packet(plan.Policy.Zones[1], plan.Policy.Zones[0], IpProtocol.Udp, IPAddress.Parse("192.168.1.11"), 14357, Stranger, 40000);
        Evaluator.Judge(plan.Policy, other).Rule.ShouldBeNull();
    }

    [Theory]
    [InlineData("dns", true)]
    [InlineData("ntp=192.0.2.1,2001:db8::1", true)]
    [InlineData("3478,19302-19309=192.0.2.0/24", true)]
    [InlineData("192.0.2.1", true)]
    [InlineData("any", false)]
    [InlineData("dns=", false)]
    [InlineData("http", false)]
    [InlineData("", false)]
    [InlineData("dns=a=b", false)]
    public void Exceptions_name_a_service_and_hosts(string text, bool isOne) => RefusalException.TryParse(text, out _).ShouldBe(isOne);

    private static Judgement Judge(Plan plan, IpProtocol protocol, IPAddress to, ushort port) =>
        Evaluator.Judge(plan.Policy, new(plan.Policy.Zones[1], plan.Policy.Zones[0], protocol, Client, 14357, to, port));

    private static Plan Refuse(Application application, params string[] exceptions) => Refusal.Plan(Request(application),
        [.. exceptions.Select(text => RefusalException.TryParse(text, out var exception) ? exception : throw new FormatException(text))]);

    private static PlanRequest Request(Application application) => new() { Applications = [application], Site = Site.DefaultRouter };
}

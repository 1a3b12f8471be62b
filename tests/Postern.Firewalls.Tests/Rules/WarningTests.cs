using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

public class WarningTests
{
    [Fact]
    public void A_hole_that_ends_outgoing_control_is_named_with_its_size()
    {
        var warning = Warnings.Of(Plan("client=192.168.1.10")).Single(warning => warning.Id == "outgoing-control");
        warning.Rules.ShouldBe(["skype:out-tcp"]);
        // 1 address, 16384 source ports (2^14), 2^32 addresses, 64512 ports (2^15.977)
        warning.Sentence.ShouldContain("2^62.0 combinations");
        warning.Sentence.ShouldContain("only the ports below 1024 stay controlled");
    }

    [Fact]
    public void Holes_for_a_whole_zone_are_named_and_those_for_a_host_are_not()
    {
        Warnings.Of(Plan("client=loc")).Single(warning => warning.Id == "every-host").Rules.ShouldContain("skype:out-tcp");
        Warnings.Of(Plan("client=192.168.1.10")).ShouldNotContain(warning => warning.Id == "every-host");
    }

    [Theory]
    [InlineData("client=192.168.1.10:50000", true)]
    [InlineData("client=192.168.1.10:14357", false)]
    public void A_fixed_port_inside_the_ephemeral_range_is_named(string binding, bool isInside) =>
        Warnings.Of(Plan(binding)).Any(warning => warning.Id == "port-in-ephemeral").ShouldBe(isInside);

    [Fact]
    public void Two_clients_with_one_port_are_named()
    {
        var warnings = Warnings.Of(Plan("client=192.168.1.10", "client=192.168.1.11"));
        warnings.Where(warning => warning.Id == "shared-port").Select(warning => string.Join('+', warning.Rules)).ShouldBe(
            ["skype:in-tcp:1+skype:in-tcp:2", "skype:in-udp:1+skype:in-udp:2", "skype:in-tcp:3+skype:in-tcp:4", "skype:in-udp:3+skype:in-udp:4"]); // from outside, and from inside
        Warnings.Of(Plan("client=192.168.1.10:14357", "client=192.168.1.11:14358")).ShouldNotContain(warning => warning.Id == "shared-port");
    }

    [Fact]
    public void Opening_the_mapping_service_is_trust_in_everybody_inside()
    {
        var mapping = SkypeEntry.Application with { Flows = [SkypeEntry.Flow("map", "client", "gateway", IpProtocol.Udp, PortExpression.Anything, SkypeEntry.Ports("5351"))] };
        Warnings.Of(Plan(mapping, "client=192.168.1.10")).ShouldContain(warning => warning.Id == "upnp-trust");
        Warnings.Of(Plan("client=192.168.1.10")).ShouldNotContain(warning => warning.Id == "upnp-trust");
    }

    [Fact]
    public void A_log_rule_before_others_is_named()
    {
        var policy = Plan("client=192.168.1.10").Policy;
        var log = new Rule
        {
            Id = "log",
            Phase = Phase.Log,
            LogPrefix = "seen",
            Verdict = new Verdict.Accept(),
            Match = new() { Protocol = IpProtocol.Tcp, SourcePorts = PortSet.Of(new PortRange(49152, 65535)) },
        };
        Warnings.Of(policy with { Rules = [log, .. policy.Rules] }).Single(warning => warning.Id == "log-masks").Rules.ShouldContain("skype:out-tcp");
        Warnings.Of(policy with { Rules = [.. policy.Rules, log] }).ShouldNotContain(warning => warning.Id == "log-masks");
    }

    [Fact]
    public void A_rule_that_others_make_needless_is_no_danger_and_one_that_they_undo_is()
    {
        var all = new Rule { Id = "all", Phase = Phase.Narrow, Verdict = new Verdict.Accept(), Match = new() { Protocol = IpProtocol.Udp } };
        var policy = Plan("client=192.168.1.10").Policy;
        var warnings = Warnings.Of(policy with { Rules = [all, .. policy.Rules] });
        warnings.ShouldContain(warning => warning.Id == "redundant" && warning.Rules[0] == "skype:out-udp");
        warnings.ShouldContain(warning => warning.Id == "never-reached" && warning.Rules[0] == "skype:upnp");
    }

    [Fact]
    public void Silence_where_the_application_needs_a_no_is_named()
    {
        var needed = Plan("client=192.168.1.10").Policy;
        var silent = needed with { Rules = [.. needed.Rules.Select(rule => rule.Verdict is Verdict.Reject ? rule with { Verdict = new Verdict.Drop() } : rule)] };
        Warnings.Of(silent, needed).Single(warning => warning.Id == "drop-for-reject").Rules.ShouldBe(["skype:upnp", "skype:upnp"]);
        var wide = needed with { Rules = [.. needed.Rules.Select(rule => rule.Id == "skype:web-udp" ? rule with { Match = rule.Match with { SourcePorts = PortSet.Any } } : rule)] };
        Warnings.Of(wide, needed).Single(warning => warning.Id == "wider").Rules.ShouldContain("skype:web-udp");
        Warnings.Of(needed, needed).ShouldNotContain(warning => warning.Id == "wider" || warning.Id == "drop-for-reject");
    }

    [Fact]
    public void What_has_ended_is_said()
    {
        var ended = SkypeEntry.Application with { Status = ApplicationStatus.Ended, EndedOn = "2025-05-05", ReplacedBy = "teams" };
        Warnings.Of(Plan(ended, "client=192.168.1.10")).ShouldContain(warning => warning.Id == "ended" && warning.Sentence == "Skype has ended (2025-05-05)." && warning.Advice == "People use teams now.");
    }

    [Fact]
    public void Every_warning_has_a_sentence_and_an_advice() => Warnings.Of(Plan("client=loc", "client=192.168.1.10:50000")).ShouldAllBe(warning =>
        warning.Sentence.EndsWith('.') && warning.Advice.EndsWith('.'));

    private static Plan Plan(params string[] bindings) => Plan(SkypeEntry.Application, bindings);

    private static Plan Plan(Application application, params string[] bindings) => Planner.Plan(new()
    {
        Applications = [application],
        Bindings = [.. bindings.Select(text => RoleBinding.TryParse(text, out var binding) ? binding : throw new FormatException(text))],
        Site = Site.DefaultRouter with { Outer = AddressSet.Of(IPAddress.Parse("203.0.113.5")) },
        Versions = [IpVersion.V4],
        Ephemeral = new Dictionary<string, PortSet> { ["client"] = PortSet.Of(new PortRange(49152, 65535)) },
    });
}

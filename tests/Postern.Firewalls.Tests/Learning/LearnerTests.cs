using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Learning.Inference;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Learning;

public class LearnerTests
{
    private static readonly LearnOptions WithCatalogue = new() { Catalogue = ApplicationCatalogue.Embedded };

    [Fact]
    public void Skypes_rules_of_the_sources_are_learnt_from_its_flows()
    {
        var report = LogWorld.Of([.. Enumerable.Range(0, 40).Select(i => Line("UDP", 14357, 1500 + (i * 1597), $"203.{i * 5}.113.{i}")), Line("UDP", 14357, 443, "203.0.113.9"), Line("UDP", 14357, 80, "203.0.113.9")])
            .Learn(WithCatalogue);
        report.Applications.ShouldBe(["skype"]);
        var wide = report.Rules.Single(rule => rule.Rule.Phase == Phase.Wide);
        (wide.Rule.Match.SourcePorts.ToString(), wide.Rule.Match.DestinationPorts.ToString()).ShouldBe(("14357", "1024-65535"));
        report.Rules.Single(rule => rule.Rule.Phase == Phase.Narrow).Rule.Match.DestinationPorts.ToString().ShouldBe("80,443");
        wide.Evidence.Destinations.ShouldBe(wide.Evidence.Destinations with { Seen = 40, Kind = HostChoiceKind.Zone });
        (wide.Bits - wide.BitsOfSeenHosts).ShouldBe(32 - Math.Log2(40), 0.01);
        report.Coverage.ShouldBe(report.Coverage with { Flows = 42, Passed = 42, Refused = 0 });
        report.Warnings.ShouldContain(warning => warning.Id == "wide-rule");
    }

    [Fact]
    public void One_service_port_and_the_systems_ephemeral_ports_are_one_rule()
    {
        var report = LogWorld.Of(Enumerable.Range(0, 12).Select(i => Line("TCP", 33000 + (i * 2111), 5222, "198.51.100.7"))).Learn(WithCatalogue);
        var rule = report.Rules.ShouldHaveSingleItem();
        rule.Rule.Id.ShouldBe("xmpp:client");
        (rule.Rule.Match.SourcePorts.ToString(), rule.Rule.Match.DestinationPorts.ToString()).ShouldBe(("32768-60999", "5222"));
        (rule.Rule.Match.Source.ToString(), rule.Rule.Match.Destination.ToString()).ShouldBe(("192.168.1.10", "198.51.100.7"));
        rule.UnseenPorts.ShouldBe((28232 - 12, 0));
    }

    [Fact]
    public void Many_ports_are_explained_by_the_application_that_the_same_host_gave_away()
    {
        string[] direct = [.. Enumerable.Range(0, 20).Select(i => Line("UDP", 33000 + (i * 1111), 34000 + (i * 1001), "198.51.100.20"))];
        string[] server = [.. Enumerable.Range(0, 10).Select(i => Line("TCP", 33000 + (i * 2111), 4780, "198.51.100.7"))];
        LogWorld.Of(direct).Learn(WithCatalogue).Rules.ShouldHaveSingleItem().Match.ShouldBeNull();
        var report = LogWorld.Of(server.Concat(direct)).Learn(WithCatalogue);
        report.Rules.Select(rule => rule.Rule.Id).ShouldBe(["postern:switchboard", "postern:direct"]);
        report.Rules[1].Rule.Match.DestinationPorts.ToString().ShouldBe("32768-60999"); // what was seen decides, not the entry's range
        LogWorld.Of(server.Concat(direct.Select(line => line.Replace("192.168.1.10", "192.168.1.11")))).Learn(WithCatalogue).Rules[1].Match.ShouldBeNull();
    }

    [Theory]
    [InlineData(50000, 12, 1111, "49152-65535")] // Windows
    [InlineData(1030, 12, 300, "1025-5000")] // Windows XP
    [InlineData(40000, 1, 0, "32768-65535")] // too few to tell systems apart
    public void The_system_shows_in_its_ephemeral_ports(int first, int count, int step, string range) =>
        LogWorld.Of(Enumerable.Range(0, count).Select(i => Line("TCP", first + (i * step), 7777, "198.51.100.7"))).Learn()
            .Rules.ShouldHaveSingleItem().Rule.Match.SourcePorts.ToString().ShouldBe(range);

    [Fact]
    public void To_equals_from_is_seen()
    {
        var rule = LogWorld.Of(Line("UDP", 14357, 14357, "10.0.0.7"), Line("UDP", 14357, 14357, "10.0.0.8")).Learn().Rules.ShouldHaveSingleItem();
        (rule.Pattern, rule.Rule.Match.SamePort).ShouldBe((FlowPattern.SamePort, true));
    }

    [Fact]
    public void Answers_repetitions_and_errors_make_no_rule()
    {
        var world = LogWorld.Of(
            Line("UDP", 40000, 53, "198.51.100.7"),
            Line("UDP", 40000, 53, "198.51.100.7"),
            "IN=eth0 OUT=eth1 SRC=198.51.100.7 DST=192.168.1.10 PROTO=UDP SPT=53 DPT=40000 LEN=9");
        (world.Learn().Rules.Count, world.Table.Flows, world.Table.Repeats, world.Table.Answers).ShouldBe((1, 1, 1, 1));
    }

    [Fact]
    public void Noise_is_kept_out_of_the_log_before_all_else()
    {
        var report = LogWorld.Of(
            Line("TCP", 40000, 443, "198.51.100.7"),
            "IN=eth1 OUT= SRC=192.168.1.11 DST=239.255.255.250 PROTO=UDP SPT=50000 DPT=1900 LEN=9",
            "IN=eth1 OUT= SRC=192.168.1.11 DST=192.168.1.255 PROTO=UDP SPT=138 DPT=138 LEN=9").Learn();
        report.Rules.Select(rule => (rule.Rule.Phase, rule.Rule.Verdict.LetsPass)).ShouldBe([(Phase.Noise, false), (Phase.Narrow, true)]);
        report.Rules[0].Rule.Match.DestinationPorts.ToString().ShouldBe("138,1900");
        report.Coverage.Quiet.ShouldBe(2);
    }

    [Fact]
    public void A_scan_opens_nothing()
    {
        var report = LogWorld.Of(((int[])[21, 22, 23, 25, 53, 80, 110, 139, 143, 443, 445, 1433, 3306, 3389, 5900, 8080])
            .Select(port => $"drop IN=wan OUT= SRC=203.0.113.66 DST=203.0.113.5 PROTO=TCP SPT=40000 DPT={port} WINDOW=1 RES=0x00 SYN URGP=0")).Learn();
        report.Rules.ShouldBeEmpty();
        report.Dismissed.ShouldHaveSingleItem().Flows.ShouldBe(16);
    }

    [Fact]
    public void A_scan_of_a_whole_network_opens_nothing_either()
    {
        var report = LogWorld.Of(Enumerable.Range(1, 60).SelectMany(host => ((int[])[21, 22, 23, 25, 53, 80, 110, 139, 143, 443, 445, 1433, 3306, 3389, 5900, 8080])
            .Select(port => $"drop IN=wan OUT=lan SRC=203.0.113.66 DST=198.51.100.{host} PROTO=TCP SPT=40000 DPT={port} WINDOW=1 RES=0x00 SYN URGP=0"))).Learn();
        report.Rules.ShouldBeEmpty();
        report.Dismissed.ShouldHaveSingleItem().Flows.ShouldBe(60 * 16);
    }

    [Fact]
    public void Hosts_that_no_rule_could_name_are_one_group_and_every_flow_still_counts()
    {
        var world = LogWorld.Of(Enumerable.Range(0, 500).Select(i => Line("TCP", 33000 + i, 443, $"198.51.{i / 200}.{i % 200}")));
        var report = world.Learn();
        (world.Table.Groups, world.Table.Folded, world.Table.Widened).ShouldBe((65, 436L, 0L)); // the table works off 64 flows at once
        var rule = report.Rules.ShouldHaveSingleItem();
        (rule.Evidence.Flows, rule.Evidence.Destinations.AreMore, rule.Evidence.Destinations.IsZone).ShouldBe((500, true, true));
        report.Coverage.Refused.ShouldBe(0);
        report.Warnings.ShouldNotContain(warning => warning.Id == "table-full");
    }

    [Fact]
    public void Many_hosts_that_fill_a_quarter_of_a_network_become_that_network_and_what_was_never_seen_shows_apart()
    {
        var report = LogWorld.Of(Enumerable.Range(10, 12).Select(i => From($"192.168.1.{i}", "198.51.100.7")).Append(From("192.168.1.77", "198.51.100.7"))).Learn();
        var rule = report.Rules.ShouldHaveSingleItem();
        rule.Rule.Match.Source.ToString().ShouldBe("192.168.1.0/27,192.168.1.77");
        (rule.Evidence.Sources.Kind, rule.Evidence.Sources.Seen, rule.Evidence.Sources.NeverSeen).ShouldBe((HostChoiceKind.Prefixes, 13, 20d));
        (rule.Bits - rule.BitsOfSeenHosts).ShouldBe(Math.Log2(33) - Math.Log2(13), 0.01);
        report.Coverage.Refused.ShouldBe(0);
    }

    [Theory]
    [InlineData(8, null, "Named")] // few enough to name them, and no more than they
    [InlineData(9, null, "Zone")] // scattered over a network that nobody named
    [InlineData(9, "192.168.1.0/24", "Prefixes")]
    [InlineData(9, "192.168.0.0/16", "Prefixes")]
    [InlineData(9, "192.168.2.0/24", "Zone")] // another one
    public void Scattered_hosts_become_the_network_that_is_known(int hosts, string? network, string kind)
    {
        var world = LogWorld.Of(Enumerable.Range(0, hosts).Select(i => From($"192.168.1.{1 + (i * 28)}", "198.51.100.7")));
        var report = world.Learn(new() { Catalogue = new ApplicationCatalogue([]), Networks = network is null ? [] : [IPNetwork.Parse(network)] });
        var rule = report.Rules.ShouldHaveSingleItem();
        rule.Evidence.Sources.Kind.ToString().ShouldBe(kind);
        rule.Evidence.Sources.IsWider.ShouldBe(hosts > 8);
        rule.Rule.Match.Source.ToString().ShouldBe(kind == "Prefixes" ? network : kind == "Zone" ? "0.0.0.0/0" : AddressSet.Of(rule.Evidence.Sources.Examples.SelectMany(host => AddressSet.Of(host).Ranges)).ToString());
        report.Coverage.Refused.ShouldBe(0);
    }

    [Fact]
    public void IPv6_hosts_of_one_link_become_its_64_bits()
    {
        var report = LogWorld.Of(Enumerable.Range(1, 20).Select(i => From($"2001:db8:0:1:{i * 3011:x}:{i * 97:x}:0:{i:x}", "2001:db8:9::7"))).Learn();
        report.Rules.ShouldHaveSingleItem().Rule.Match.Source.ToString().ShouldBe("2001:db8:0:1::/64");
    }

    [Fact]
    public void Servers_of_one_network_become_it_even_where_they_were_too_many_to_tell_apart()
    {
        var world = new LogWorld(new(maximumDestinations: 16));
        for (var i = 0; i < 600; i++)
        {
            world.Feed(System.Text.Encoding.UTF8.GetBytes(From("192.168.1.10", $"198.51.100.{64 + (i * 7 % 64)}") + "\n"));
        }

        var report = world.End().Learn();
        var rule = report.Rules.ShouldHaveSingleItem();
        (rule.Rule.Match.Destination.ToString(), rule.Evidence.Destinations.Kind).ShouldBe(("198.51.100.64/26", HostChoiceKind.Prefixes));
        report.Coverage.Refused.ShouldBe(0);
    }

    [Fact]
    public void Groups_of_hosts_are_told_apart_however_many_there_are() =>
        LogWorld.Of(Enumerable.Range(0, 200).Select(i => Line("UDP", 40000, 5353, $"239.1.2.{i}"))).Table.Folded.ShouldBe(0);

    [Fact]
    public void A_hostile_log_makes_no_more_rules_than_somebody_reads()
    {
        var report = LogWorld.Of(Enumerable.Range(0, 3000).Select(i => $"IN=eth1 OUT=eth0 SRC=10.{i >> 8}.{i & 255}.1 DST=198.51.100.7 LEN=60 PROTO=UDP SPT={1024 + i} DPT={2000 + (i * 7)} LEN=9")).Learn();
        report.Rules.Count.ShouldBe(1024);
        report.Warnings.Single(warning => warning.Id == "too-many-rules").Sentence.ShouldStartWith("1976 further rules");
        report.Coverage.Refused.ShouldBe(1976);
    }

    [Fact]
    public void Ports_of_no_order_at_both_ends_are_judged_in_no_time()
    {
        var world = new LogWorld(new(maximumGroups: 64, maximumMaps: 4, recentBits: 16));
        for (var i = 0; i < 40_000; i++)
        {
            world.Feed(System.Text.Encoding.UTF8.GetBytes(Line("UDP", 1024 + (int)(i * 7919L % 64_000), (int)(i * 104_729L % 65_000), $"10.0.{i % 250}.{i / 250}") + "\n"));
        }

        var watch = System.Diagnostics.Stopwatch.StartNew();
        world.End().Learn().Coverage.Refused.ShouldBe(0);
        watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30)); // every port with every other would take hours
    }

    [Fact]
    public void A_look_of_a_day_is_too_short_and_so_is_one_with_something_new_at_its_end()
    {
        static string at(string when, int port) => $"{when} gate kernel: [1.0] {Line("TCP", 40000 + port, port, "198.51.100.7")}";
        LogWorld.Of(at("2026-11-20T10:00:00Z", 5222), at("2026-11-21T10:00:00Z", 5222)).Learn().Warnings.Single(warning => warning.Id == "short-observation").Sentence.ShouldContain("after days");
        LogWorld.Of(at("2026-11-10T10:00:00Z", 5222), at("2026-11-20T10:00:00Z", 5223), at("2026-11-21T10:00:00Z", 5222)).Learn().Warnings.ShouldContain(warning => warning.Id == "still-new");
        LogWorld.Of(at("2026-11-10T10:00:00Z", 5222), at("2026-11-11T10:00:00Z", 5223), at("2026-11-21T10:00:00Z", 5222)).Learn().Warnings.ShouldNotContain(warning => warning.Id == "still-new");
    }

    [Fact]
    public void Denied_flows_are_stage_one_of_more()
    {
        var warnings = LogWorld.Of("drop " + Line("TCP", 40000, 5222, "198.51.100.7")).Learn().Warnings;
        warnings.Single(warning => warning.Id == "deny-stage").Sentence.ShouldContain("stage 1");
        warnings.ShouldContain(warning => warning.Id == "no-times");
    }

    [Fact]
    public void An_interface_that_no_system_can_have_gets_into_no_rule() =>
        LogWorld.Of("IN=eth1\";accept;\" OUT=eth0 SRC=192.168.1.10 DST=198.51.100.7 PROTO=UDP SPT=1 DPT=2 LEN=9").Learn().Rules.ShouldBeEmpty();

    [Fact]
    public void A_full_table_widens_and_says_so()
    {
        var world = new LogWorld(new(maximumGroups: 64, maximumMaps: 2, recentBits: 8, maximumDestinations: int.MaxValue));
        for (var i = 0; i < 5000; i++)
        {
            world.Feed(System.Text.Encoding.UTF8.GetBytes(Line("TCP", 32768 + i, 443, $"10.{i / 250}.0.{i % 250}") + "\n"));
        }

        var report = world.End().Learn();
        world.Table.Groups.ShouldBeLessThanOrEqualTo(80);
        world.Table.Widened.ShouldBeGreaterThan(4000);
        report.Warnings.ShouldContain(warning => warning.Id == "table-full");
        report.Rules.ShouldHaveSingleItem().Evidence.Destinations.IsZone.ShouldBeTrue();
        report.Coverage.Refused.ShouldBe(0);
    }

    [Fact]
    public void What_was_learnt_is_an_entry_that_reads()
    {
        var report = LogWorld.Of(Enumerable.Range(0, 12).Select(i => Line("TCP", 33000 + (i * 2111), 7777, "198.51.100.7"))).Learn();
        var reading = ApplicationReader.Read(System.Text.Encoding.UTF8.GetBytes(ApplicationWriter.Write(LearnedEntry.Of("my-game", report.Rules, report.Observation))));
        reading.Application!.Flows.ShouldHaveSingleItem().SourcePorts.ShouldBe(new PortExpression.Ephemeral("client"));
        EntryCheck.Of(reading.Application).Where(issue => !issue.IsWarning).ShouldBeEmpty();
    }

    [Fact]
    public void Only_the_hosts_that_were_asked_for_count() =>
        LogWorld.Of(Line("TCP", 40000, 443, "198.51.100.7"), Line("TCP", 40000, 443, "198.51.100.7").Replace("192.168.1.10", "192.168.1.99"))
            .Learn(new() { Catalogue = new ApplicationCatalogue([]), Hosts = [IPAddress.Parse("192.168.1.99")] })
            .Rules.ShouldHaveSingleItem().Rule.Match.Source.ToString().ShouldBe("192.168.1.99");

    private static string From(string source, string destination) =>
        $"IN=eth1 OUT=eth0 SRC={source} DST={destination} LEN=60 PROTO=TCP SPT=40000 DPT=443 WINDOW=1 RES=0x00 SYN URGP=0";

    private static string Line(string protocol, int from, int to, string host) =>
        $"IN=eth1 OUT=eth0 SRC=192.168.1.10 DST={host} LEN=60 PROTO={protocol} SPT={from} DPT={to} {(protocol == "TCP" ? "WINDOW=1 RES=0x00 SYN URGP=0" : "LEN=9")}";
}

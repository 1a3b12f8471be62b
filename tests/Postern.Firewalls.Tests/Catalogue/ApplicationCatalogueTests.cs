using System.Net;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Catalogue;

public class ApplicationCatalogueTests
{
    /// <summary>Two applications may share a port; less than an ended application loses.</summary>
    private const double Near = 2.5;

    [Theory]
    [InlineData("skype", "skype")]
    [InlineData("SKYPE", "skype")]
    [InlineData("scype", "skype")]
    [InlineData("shorewall:JabberSecure", "xmpp")]
    [InlineData("firewalld:nfs", "nfs")]
    public void An_application_is_found_by_id_and_alias(string name, string id) =>
        ApplicationCatalogue.Embedded.Find(name).ShouldNotBeNull().Id.ShouldBe(id);

    [Fact]
    public void Nobody_is_found_under_another_name() => ApplicationCatalogue.Embedded.Find("no such thing").ShouldBeNull();

    [Theory]
    [InlineData("jabber", "xmpp")]
    [InlineData("SMB", "smb")]
    [InlineData("portmapper", "nfs-classic")]
    [InlineData("hole punching", "hole-punching")]
    [InlineData("Trillian", "msn-messenger")]
    public void The_best_match_of_words_comes_first(string words, string id) =>
        ApplicationCatalogue.Embedded.Search(words)[0].Id.ShouldBe(id);

    [Fact]
    public void Every_word_must_occur()
    {
        ApplicationCatalogue.Embedded.Search("jabber zzz").ShouldBeEmpty();
        ApplicationCatalogue.Embedded.Search("  ").ShouldBeEmpty();
    }

    [Fact]
    public void An_entry_of_the_users_takes_the_place_of_ours_and_a_new_one_is_added()
    {
        var own = new[] { Entry("skype", "443"), Entry("mine", "9999") };
        var catalogue = ApplicationCatalogue.Embedded.With(own);
        catalogue.Applications.Count.ShouldBe(ApplicationCatalogue.Embedded.Applications.Count + 1);
        catalogue.Find("skype").ShouldBe(own[0]);
        catalogue.Find("scype").ShouldBeNull(); // the alias went with the entry
        catalogue.Match(new FlowQuery { DestinationPort = 9999 }).ShouldContain(match => match.Application == own[1]);
        ApplicationCatalogue.Embedded.Find("skype").ShouldNotBe(own[0]);
    }

    [Theory]
    [InlineData(IpProtocol.Tcp, null, 5222, null, "xmpp:client")]
    [InlineData(IpProtocol.Tcp, null, 5223, null, "xmpp:client-tls")]
    [InlineData(IpProtocol.Udp, 14357, 443, null, "skype:out-udp-web")]
    [InlineData(IpProtocol.Udp, 2578, 2100, null, "kazaa-lite:search")]
    [InlineData(IpProtocol.Tcp, 2578, 2100, null, "kazaa-lite:transfer")]
    [InlineData(IpProtocol.Udp, 1010, 2049, null, "nfs-classic:data")]
    [InlineData(IpProtocol.Udp, null, 5351, null, "port-mapping:request")]
    [InlineData(IpProtocol.Udp, 50000, 1900, "239.255.255.250", "ssdp:search")]
    [InlineData(IpProtocol.Udp, 50000, 1900, "ff02::c", "ssdp:search")]
    [InlineData(IpProtocol.Udp, 138, 138, "192.168.1.255", "smb:announce")]
    public void A_packet_is_explained_by_the_flows_that_name_most_of_it(IpProtocol protocol, int? source, int destination, string? to, string flow)
    {
        var matches = ApplicationCatalogue.Embedded.Match(new FlowQuery
        {
            Protocol = protocol,
            SourcePort = (ushort?)source,
            DestinationPort = (ushort)destination,
            Destination = to is null ? null : IPAddress.Parse(to),
        });
        matches.Select(match => match.Bits).ShouldBeInOrder(SortDirection.Descending);
        var best = matches.Where(match => match.Bits > matches[0].Bits - Near).Select(match => $"{match.Application.Id}:{match.Flow.Id}");
        best.ShouldContain(flow);
    }

    [Fact]
    public void Other_ports_protocols_groups_and_types_are_no_match()
    {
        var sample = new ApplicationCatalogue([Entry("web", "80")]);
        sample.Match(new FlowQuery { Protocol = IpProtocol.Tcp, DestinationPort = 80 }).ShouldHaveSingleItem().Bits.ShouldBe(16);
        sample.Match(new FlowQuery { Protocol = IpProtocol.Udp, DestinationPort = 80 }).ShouldBeEmpty();
        sample.Match(new FlowQuery { Protocol = IpProtocol.Tcp, DestinationPort = 81 }).ShouldBeEmpty();
        sample.Match(new FlowQuery { DestinationPort = 80, Destination = IPAddress.Parse("224.0.0.1") }).ShouldBeEmpty();
        sample.Match(new FlowQuery()).ShouldBeEmpty();
        ApplicationCatalogue.Embedded.Match(new FlowQuery { Protocol = IpProtocol.Icmp, IcmpType = 8 }).ShouldContain(match => match.Flow.Id == "ping");
        ApplicationCatalogue.Embedded.Match(new FlowQuery { Protocol = IpProtocol.Icmp, IcmpType = 13 }).ShouldNotContain(match => match.Application.Id == "smb");
    }

    [Fact]
    public void The_direction_only_weighs()
    {
        var sample = new ApplicationCatalogue([Entry("web", "80")]);
        double Bits(FlowDirection direction) => sample.Match(new FlowQuery { DestinationPort = 80, Direction = direction }).ShouldHaveSingleItem().Bits;
        Bits(FlowDirection.Out).ShouldBeGreaterThan(Bits(FlowDirection.In));
    }

    [Fact]
    public void A_chosen_port_matches_less_than_the_usual_one()
    {
        var sample = new ApplicationCatalogue([Entry("own", "${listen:5000 in 4096-8191}")]);
        sample.Match(new FlowQuery { DestinationPort = 5000 })[0].Bits.ShouldBe(16);
        sample.Match(new FlowQuery { DestinationPort = 8000 })[0].Bits.ShouldBe(4);
        sample.Match(new FlowQuery { DestinationPort = 9000 }).ShouldBeEmpty();
    }

    private static Application Entry(string id, string ports)
    {
        var reading = ApplicationReader.Read($$"""
            {"id": "{{id}}", "title": "T", "roles": {"client": "c", "server": "s"}, "sources": ["s"],
             "flows": [{"id": "x", "from": "client", "to": "server", "proto": ["tcp"], "dst": "{{ports}}", "why": "w"}]}
            """);
        return reading.Application.ShouldNotBeNull();
    }
}

using Postern.Firewalls.Catalogue;

namespace Postern.Tests.Catalogue;

public class ApplicationTextTests
{
    [Theory]
    [InlineData("kazaa-lite", "login", "The client starts TCP from an ephemeral port towards port 1214 of the server.")]
    [InlineData("kazaa-lite", "transfer", "The client starts TCP from the port that search came from (port 2578) towards the port that search went to (ports 2001-2999) of the peer.")]
    [InlineData("kazaa-lite", "supernode", "The peer starts TCP or UDP towards port 1214 of the client.")]
    [InlineData("skype", "out-udp-web", "The client starts UDP from port 14357 (listen, to be chosen in 1024-49151) towards ports 80, 443 of the peer.")]
    [InlineData("skype", "near-tcp", "One neighbour starts TCP from ports 1024-65535 towards ports 14356-14359 (nearby, to be chosen in 1024-49151) of another neighbour.")]
    [InlineData("smb", "announce", "The client starts UDP towards ports 137-138 of everybody in its network (broadcast), from the port of the same number.")]
    [InlineData("smb", "ping", "The client sends ICMP echo requests to the server.")]
    [InlineData("ssdp", "search", "The client starts UDP towards port 1900 of a group (multicast) (239.255.255.250,ff02::c,ff05::c).")]
    [InlineData("netbios-noise", "ask", "The sender starts UDP towards ports 137-138 of any host.")]
    public void A_flow_is_one_sentence(string id, string flow, string sentence)
    {
        var application = ApplicationCatalogue.Embedded.Find(id).ShouldNotBeNull();
        ApplicationText.Sentence(application, application.Flows.Single(other => other.Id == flow)).ShouldBe(sentence);
    }

    [Fact]
    public void An_entry_says_what_it_knows()
    {
        var text = ApplicationText.Of(ApplicationCatalogue.Embedded.Find("realplayer").ShouldNotBeNull());
        text.ShouldStartWith("RealPlayer and RealOne (realplayer)\n");
        text.ShouldContain("Still met, no longer made.");
        text.ShouldContain("The source stated: the data comes back from the server to client's UDP port 7000.");
        text.ShouldContain("Clients up to RealOne, after either kind of request");
        text.ShouldContain("Optional. Corrected.");
    }

    [Fact]
    public void Helpers_addresses_inside_fragments_and_proxies_are_spoken_of()
    {
        var irc = ApplicationText.Of(ApplicationCatalogue.Embedded.Find("irc").ShouldNotBeNull());
        irc.ShouldContain("by its helper irc");
        irc.ShouldContain("a NAT must read them");
        ApplicationText.Of(ApplicationCatalogue.Embedded.Find("nfs-classic").ShouldNotBeNull()).ShouldContain("Fragments must pass");
        ApplicationText.Of(ApplicationCatalogue.Embedded.Find("kazaa-lite").ShouldNotBeNull()).ShouldContain("SOCKS  SOCKS5 seems to be respected");
    }

    /// <summary>Nothing of an entry is lost on the way to a person.</summary>
    [Fact]
    public void Every_text_of_every_entry_is_shown()
    {
        foreach (var application in ApplicationCatalogue.Embedded.Applications)
        {
            var text = ApplicationText.Of(application);
            string[] said =
            [
                application.Title, application.Summary, .. application.Roles.Values, .. application.Notes, .. application.Sources,
                .. application.Flows.SelectMany(flow => (string[])[flow.Id, flow.Why, flow.Condition, flow.Stated ?? "", .. flow.Sources, .. flow.Hosts]),
            ];
            said.ShouldAllBe(part => text.Contains(part, StringComparison.Ordinal), application.Id);
        }
    }
}

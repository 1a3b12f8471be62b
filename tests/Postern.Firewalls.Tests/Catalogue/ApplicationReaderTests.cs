using System.Text;
using Postern.Tests.Kit;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Catalogue;

[Collection(nameof(Alone))]
public class ApplicationReaderTests
{
    private const string Whole = """
        {
          // A comment is allowed, and so is a comma at the end.
          "id": "sample", "title": "Sample", "summary": "An application with everything.",
          "status": "ended", "endedOn": "2025-05", "replacedBy": "other", "aliases": ["shorewall:Sample"],
          "roles": { "client": "the person's computer", "peer": "another person's" },
          "flows": [
            { "id": "search", "from": "client", "to": "peer", "proto": ["udp"], "src": "${listen:2578 in 1024-49151}", "dst": "2001-2999",
              "need": "required", "why": "It searches.", "condition": "Always.", "confidence": "observed", "sources": ["RFC 768"], "alive": false },
            { "id": "fetch", "from": "client", "to": "peer", "proto": ["tcp"], "src": "same-as(search.src)", "dst": "same-as(search.dst)",
              "need": "optional", "why": "It fetches.", "confidence": "corrected", "stated": "7000", "helper": "irc", "fragments": true, "payloadAddress": true },
            { "id": "find", "from": "client", "to": "multicast", "proto": ["udp"], "dst": "1900", "samePort": true, "addresses": "239.255.255.250",
              "hosts": ["example.org"], "need": "quiet-drop", "why": "It looks around.", "confidence": "standard" },
            { "id": "echo", "from": "client", "to": "peer", "proto": ["icmp"], "icmpType": 8, "why": "It pings.", "confidence": "observed" },
          ],
          "httpProxy": "none", "socksProxy": "SOCKS5", "notes": ["One."], "sources": ["source2:KaZaa Lite"]
        }
        """;

    [Fact]
    public void An_entry_with_everything_is_read_as_it_stands()
    {
        var reading = ApplicationReader.Read(Whole);
        reading.Issues.ShouldBeEmpty();
        var application = reading.Application.ShouldNotBeNull();
        (application.Id, application.Status, application.EndedOn, application.ReplacedBy).ShouldBe(("sample", ApplicationStatus.Ended, "2025-05", "other"));
        application.Roles.Keys.ShouldBe(["client", "peer"]);
        var (search, fetch, find) = (application.Flows[0], application.Flows[1], application.Flows[2]);
        search.SourcePorts.ShouldBe(new PortExpression.Variable("listen", PortSet.Of(2578), PortSet.Of(new PortRange(1024, 49151))));
        search.IsAlive.ShouldBeFalse();
        fetch.DestinationPorts.ShouldBe(new PortExpression.SameAs("search", IsSource: false));
        (fetch.Helper, fetch.Fragments, fetch.PayloadAddress, fetch.Stated).ShouldBe(("irc", true, true, "7000"));
        (find.SamePort, find.Need, find.Addresses!.ToString()).ShouldBe((true, FlowNeed.QuietDrop, "239.255.255.250"));
        application.Flows[3].IcmpType.ShouldBe((byte)8);
    }

    /// <summary>As the sources mean it: "if I do not specify part of the connection, assume that I mean any".</summary>
    [Fact]
    public void What_an_entry_does_not_name_is_any()
    {
        const string Short = """
            {"id": "a", "title": "A", "roles": {"a": "a"}, "sources": ["s"],
             "flows": [{"id": "x", "from": "a", "to": "anywhere", "proto": ["udp"], "src": "80", "why": "w"}]}
            """;
        var flow = ApplicationReader.Read(Short).Application.ShouldNotBeNull().Flows.ShouldHaveSingleItem();
        flow.DestinationPorts.ShouldBe(new PortExpression.Fixed(PortSet.Any));
        (flow.Addresses, flow.IcmpType, flow.SamePort, flow.Need, flow.IsAlive).ShouldBe((null, null, false, FlowNeed.Required, true));
    }

    [Fact]
    public void What_is_written_is_read_again_as_the_same()
    {
        var application = ApplicationReader.Read(Whole).Application.ShouldNotBeNull();
        var text = ApplicationWriter.Write(application);
        var again = ApplicationReader.Read(text).Application.ShouldNotBeNull();
        ApplicationWriter.Write(again).ShouldBe(text);
        again.Flows[0].SourcePorts.ShouldBe(application.Flows[0].SourcePorts);
    }

    [Theory]
    [InlineData("\"status\": \"ended\"", "\"status\": \"dead\"", "status: must be one of alive, fading, ended.")]
    [InlineData("\"status\": \"ended\"", "\"status\": 3", "status: must be a text.")]
    [InlineData("\"status\": \"ended\"", "\"status\": \"alive\"", "endedOn: is for applications whose status is \"ended\".")]
    [InlineData("\"endedOn\": \"2025-05\",", "", "endedOn: is missing: an application that has ended says when.")]
    [InlineData("2025-05", "May 2025", "endedOn: must be a date: 2025, 2025-05 or 2025-05-05.")]
    [InlineData("\"replacedBy\": \"other\"", "\"replacedBy\": \"sample\"", "replacedBy: must be the id of another application.")]
    [InlineData("\"id\": \"sample\"", "\"id\": \"Sample App\"", "id: must be lower-case letters, digits and hyphens.")]
    [InlineData("\"id\": \"sample\",", "", "id: is missing.")]
    [InlineData("\"title\": \"Sample\"", "\"title\": \"A\\u001b[2J\"", "title: holds a character that cannot be printed.")]
    [InlineData("\"title\": \"Sample\"", "\"title\": \"A\\nB\"", "title: holds a character that cannot be printed.")]
    [InlineData("\"title\": \"Sample\"", "\"title\": \"\\ud800\"", "title: must be a text.")]
    [InlineData("\"title\": \"Sample\"", "\"title\": \" \"", "title: is empty.")]
    [InlineData("\"title\": \"Sample\"", "\"title\": \"Sample\", \"colour\": 1", "colour: is no property of a catalogue entry.")]
    [InlineData("\"title\": \"Sample\"", "\"title\": \"Sample\", \"title\": \"Sample\"", "title: is there twice.")]
    [InlineData("[\"shorewall:Sample\"]", "\"shorewall:Sample\"", "aliases: must be a list.")]
    [InlineData("[\"shorewall:Sample\"]", "[\"a\", \"A\"]", "aliases: names \"a\" twice.")]
    [InlineData("[\"RFC 768\"]", "[768]", "flows[0].sources[0]: must be a text.")]
    [InlineData("\"peer\": \"another person's\"", "\"peer\": []", "roles.peer: must be a text.")]
    [InlineData("\"peer\": \"another person's\"", "\"multicast\": \"x\"", "roles: names a role \"multicast\"; a role is lower-case letters, digits and hyphens, and none of broadcast, multicast, anywhere.")]
    [InlineData("\"id\": \"fetch\"", "\"id\": \"search\"", "flows: has two flows with the id \"search\".")]
    [InlineData("\"proto\": [\"tcp\"]", "\"proto\": [\"tpc\"]", "flows[1].proto[0]: must be one of tcp, udp, sctp, ")]
    [InlineData("\"proto\": [\"tcp\"]", "\"proto\": []", "flows[1].proto: is missing or empty.")]
    [InlineData("\"proto\": [\"tcp\"]", "\"proto\": [\"tcp\", \"tcp\"]", "flows[1].proto: names a protocol twice.")]
    [InlineData("\"proto\": [\"tcp\"]", "\"proto\": [\"gre\"]", "flows[1].proto: names a protocol that has no ports, beside ports.")]
    [InlineData("\"icmpType\": 8", "\"icmpType\": 256", "flows[3].icmpType: must be a number from 0 to 255.")]
    [InlineData("[\"icmp\"]", "[\"esp\"]", "flows[3].icmpType: is for icmp and icmp6 alone.")]
    [InlineData("[\"icmp\"]", "[\"icmp\", \"icmp6\"]", "flows[3].icmpType: means something else in icmp and in icmp6; write two flows.")]
    [InlineData("\"to\": \"multicast\"", "\"to\": \"nobody\"", "flows[2].to: is none of the entry's roles, nor one of broadcast, multicast, anywhere.")]
    [InlineData("239.255.255.250", "example.org", "flows[2].addresses: names no addresses; write \"239.255.255.250,ff02::c\" or \"192.0.2.0/24\".")]
    [InlineData("\"samePort\": true", "\"samePort\": 1", "flows[2].samePort: must be true or false.")]
    [InlineData("\"stated\": \"7000\",", "", "flows[1].stated: is missing: what was corrected is kept beside what is right.")]
    [InlineData("same-as(search.dst)", "same-as(serch.dst)", "flows[1].dst: points at \"serch\", which is no other flow of the entry.")]
    [InlineData("same-as(search.dst)", "same-as(fetch.src)", "flows[1].dst: points at \"fetch\", which is no other flow of the entry.")]
    [InlineData("same-as(search.dst)", "ephemeral(server)", "flows[1].dst: names the role \"server\", which the entry does not have.")]
    [InlineData("\"dst\": \"2001-2999\"", "\"dst\": \"same-as(fetch.src)\"", "flows[0].dst: points at \"fetch\", which itself points on.")]
    [InlineData("2578 in 1024-49151", "80 in 1024-49151", "flows[0].src: has the default 80, which is not in 1024-49151.")]
    [InlineData("\"dst\": \"1900\"", "\"dst\": \"${listen:1900}\"", "flows[0].src: gives \"listen\" another default or range than a further flow does.")]
    public void A_fault_is_named_with_its_path(string right, string wrong, string sentence)
    {
        Whole.ShouldContain(right);
        var reading = ApplicationReader.Read(Whole.Replace(right, wrong, StringComparison.Ordinal));
        reading.Application.ShouldBeNull();
        reading.Errors.ShouldContain(issue => issue.ToString().StartsWith(sentence, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2578 in 1024-49151", "50000", "flows[0].src: has a default inside 49152-65535")] // T26 of the sources
    [InlineData("\"dst\": \"1900\", \"samePort\": true, \"addresses\": \"239.255.255.250\",", "", "flows[2].dst: names no port on either side")]
    [InlineData("\"why\": \"It pings.\", \"confidence\": \"observed\"", "\"why\": \"It pings.\"", "flows[3].confidence: is missing")]
    [InlineData("\"another person's\"", "\"another person's\", \"hub\": \"nobody\"", "roles.hub: takes part in no flow.")]
    public void What_is_odd_is_a_warning_and_the_entry_stands(string right, string odd, string sentence)
    {
        Whole.ShouldContain(right);
        var reading = ApplicationReader.Read(Whole.Replace(right, odd, StringComparison.Ordinal));
        reading.Application.ShouldNotBeNull();
        reading.Warnings.ShouldHaveSingleItem().ToString().ShouldStartWith(sentence);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("\"id\"")]
    [InlineData("{\"id\": \"a\"} {}")]
    [InlineData("{'id': 'a'}")]
    public void What_is_no_object_is_one_fault(string text)
    {
        var reading = ApplicationReader.Read(text);
        reading.Application.ShouldBeNull();
        reading.Issues.ShouldHaveSingleItem().Path.ShouldBeEmpty();
    }

    [Fact]
    public void Size_and_depth_and_number_have_bounds()
    {
        ApplicationReader.Read(new string(' ', 5_000_000)).Issues.ShouldHaveSingleItem().Sentence.ShouldBe("The entry is larger than 256 KiB.");
        ApplicationReader.Read(new string('[', 200_000)).Issues.ShouldHaveSingleItem().Sentence.ShouldStartWith("The text is no JSON, or nests too deeply, at line 1");
        var many = "{" + string.Join(',', Enumerable.Range(0, 10_000).Select(i => $"\"p{i}\":0")) + "}";
        ApplicationReader.Read(many).Issues.Count.ShouldBe(50);
        ApplicationReader.Read("{\"aliases\":[" + string.Join(',', Enumerable.Repeat("\"a\"", 501)) + "]}").Issues
            .ShouldContain(new EntryIssue("aliases", "has more than 500 members."));
    }

    [Fact]
    public void A_mark_of_byte_order_is_forgiven() =>
        ApplicationReader.Read(new byte[] { 0xEF, 0xBB, 0xBF }.Concat(Encoding.UTF8.GetBytes(Whole)).ToArray()).Application.ShouldNotBeNull();

    [Fact]
    public void No_bytes_make_it_throw() => FuzzRun.Run(
        "catalogue-entry",
        input => ApplicationReader.Read(input.ToArray()).ShouldSatisfyAllConditions(
            reading => (reading.Application is null).ShouldBe(reading.Errors.Any())),
        cases: 200_000,
        maximumLength: 4096);
}

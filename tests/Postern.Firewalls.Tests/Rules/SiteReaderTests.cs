using System.Net;
using System.Text.Json;
using Json.Schema;
using Postern.Firewalls.Rules;

namespace Postern.Tests.Rules;

public class SiteReaderTests
{
    private const string Home = """
        {
          "at": "router", // ours
          "outer": "203.0.113.5",
          "zones": [
            { "name": "net", "interfaces": ["eth0"], "outside": true },
            { "name": "loc", "interfaces": ["eth1", "eth2"], "addresses": "192.168.1.0/24,2001:db8:1::/64", "nat": true },
            { "name": "wifi", "interfaces": ["wlan0"], "addresses": "192.168.2.0/24", "nat": true, "routeBack": true },
          ],
        }
        """;

    private static readonly JsonSchema Schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Catalogue.CatalogueFiles.Root(), "catalogue", "zones.schema.json")));

    [Fact]
    public void A_zones_file_says_who_lives_where()
    {
        var site = SiteReader.Read(Home);
        site.IsRouter.ShouldBeTrue();
        site.Outer.ShouldBe(AddressSet.Of(IPAddress.Parse("203.0.113.5")));
        site.Outside.Single().Zone.Name.ShouldBe("net");
        site.Inside.Select(zone => zone.Zone.Name).ShouldBe(["loc", "wifi"]);
        site.Find("wifi")!.RoutesBack.ShouldBeTrue();
        site.Find("loc")!.Zone.Interfaces.ShouldBe(["eth1", "eth2"]);
        site.ZoneOf(AddressSet.Of(IPAddress.Parse("192.168.2.9")))!.Zone.Name.ShouldBe("wifi");
        site.ZoneOf(AddressSet.Of(IPAddress.Parse("2001:db8:1::9")))!.Zone.Name.ShouldBe("loc");
        site.ZoneOf(AddressSet.Of(IPAddress.Parse("198.51.100.7")))!.Zone.Name.ShouldBe("net");
    }

    [Theory]
    [InlineData("""{ "zones": [] }""", "The zones file must say \"at\": \"router\" or \"host\".")]
    [InlineData("""{ "at": "host", "zones": [] }""", "The zones file must have \"zones\": a list of one or more.")]
    [InlineData("""{ "at": "host", "zones": [{ "name": "net", "outsid": true }] }""", "In the zones file, zone 1: \"outsid\" is not known; there is name, interfaces, addresses, outside, nat, routeBack.")]
    [InlineData("""{ "at": "host", "zones": [{ "name": "net" }] }""", "In the zones file, no zone is \"outside\": true.")]
    [InlineData("""{ "at": "router", "zones": [{ "name": "net", "outside": true }] }""", "In the zones file, zone 'net' of a router has no \"interfaces\".")]
    [InlineData("""{ "at": "host", "zones": [{ "name": "net", "outside": "yes" }] }""", "In the zones file, zone 'net': \"outside\" must be true or false.")]
    [InlineData("""{ "at": "host", "zones": [{ "name": "net", "outside": true, "addresses": "home" }] }""", "In the zones file, zone 'net': \"addresses\" names no addresses: write \"any\", or addresses, prefixes and ranges with commas between.")]
    [InlineData("""{ "at": "host", "zones": [{ "name": "net", "outside": true, "nat": true }] }""", "In the zones file, zone 'net' is outside and cannot be behind NAT.")]
    [InlineData("""{ "at": "host", "zones": [{ "name": "net", "outside": true }, { "name": "net" }] }""", "In the zones file, zone 'net' stands twice.")]
    [InlineData("""{ "at": "host", "zones": [{ "name": "a", "outside": true, "interfaces": ["x"] }, { "name": "b", "interfaces": ["x"] }] }""", "In the zones file, interface 'x' belongs to two zones.")]
    [InlineData("""{ "at": "host", "zones": [{ "name": "net", "outside": true, "interfaces": ["eth0\" accept; #"] }] }""", "In the zones file, zone 'net': \"interfaces\" is a list of names of interfaces, each of 1 to 15 letters, digits and . _ : @ -.")]
    [InlineData("[]", "In the zones file, the zones file must be an object.")]
    public void Mistakes_are_named(string text, string sentence) => Should.Throw<PlanException>(() => SiteReader.Read(text)).Message.ShouldBe(sentence);

    [Theory]
    [InlineData("", "", true)]
    [InlineData("\"outside\": true", "\"outside\": 1", false)]
    [InlineData("\"outside\": true", "\"outsid\": true", false)]
    [InlineData("\"at\": \"router\",", "", false)]
    [InlineData("\"router\"", "\"moon\"", false)]
    [InlineData("\"loc\"", "\"fw\"", false)]
    [InlineData("\"loc\"", "\"Loc\"", false)]
    [InlineData("\"loc\"", "\"zonewithalongname\"", false)]
    [InlineData("\"eth2\"", "\"eth2; drop\"", false)]
    [InlineData("\"eth2\"", "2", false)]
    [InlineData("\"203.0.113.5\"", "[]", false)]
    public void The_schema_and_the_reader_agree(string right, string wrong, bool isRight)
    {
        var text = right.Length > 0 ? Home.Replace(right, wrong, StringComparison.Ordinal) : Home;
        using var document = JsonDocument.Parse(text, new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        Schema.Evaluate(document.RootElement).IsValid.ShouldBe(isRight);
        if (isRight)
        {
            SiteReader.Read(text).Zones.Count.ShouldBe(3);
        }
        else
        {
            Should.Throw<PlanException>(() => SiteReader.Read(text));
        }
    }

    [Theory]
    [InlineData("fw")]
    [InlineData("Net")]
    [InlineData("net; drop")]
    [InlineData("zonewithalongname")]
    public void A_name_is_a_short_word(string name) => Should.Throw<PlanException>(() => SiteReader.Read($$"""{ "at": "host", "zones": [{ "name": "{{name}}", "outside": true }] }"""))
        .Message.ShouldContain("has a name that is not");

    [Fact]
    public void Hostile_bytes_are_a_sentence()
    {
        foreach (var text in new[] { "", "{", new string('[', 10000), "{\"at\":\"host\",\"at\":\"router\"}", "\u001b[31m", "{\"zones\": 1}" })
        {
            Should.Throw<PlanException>(() => SiteReader.Read(text));
        }
    }
}

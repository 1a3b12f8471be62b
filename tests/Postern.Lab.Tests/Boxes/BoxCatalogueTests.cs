using System.Text.Json;
using Json.Schema;
using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;

namespace Postern.Tests.Boxes;

public class BoxCatalogueTests
{
    /// <summary>Those that the laboratory promises.</summary>
    private static readonly string[] Promised =
    [
        "public", "full-cone", "address-restricted", "port-restricted", "linux", "linux-clash", "linux-accepting-input", "linux-random",
        "offset-30000", "firewall-1", "sequential-5", "sequential-20", "sequential-35", "sequential-100", "step-down", "step-2",
        "block-512", "block-1024", "block-2048", "random", "random-ephemeral", "carrier-over-home",
        "udp-blocked", "web-only", "http-proxy-only", "socks-only", "named-hosts-only",
        "guard-psd", "guard-crowdsec", "guard-juniper", "guard-palo-alto", "guard-zeek", "guard-snort",
    ];

    public static TheoryData<string> Ids => [.. BoxCatalogue.All.Keys];

    [Fact]
    public void Every_promised_box_is_there() => Promised.Except(BoxCatalogue.All.Keys).ShouldBeEmpty();

    [Theory]
    [MemberData(nameof(Ids))]
    public void A_description_is_named_as_its_file_and_survives_writing(string id)
    {
        var description = BoxCatalogue.All[id];
        description.Id.ShouldBe(id);
        File.Exists(Path.Combine(Folder, $"{id}.json")).ShouldBeTrue();
        var again = BoxDescriptionJson.Read(BoxDescriptionJson.Write(description), out var error);
        error.ShouldBeEmpty();
        BoxDescriptionJson.Write(again!).ShouldBe(BoxDescriptionJson.Write(description));
        BoxCatalogue.Boxes(description).ShouldAllBe(box => box.Row.Count == 0);
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_description_is_of_the_schema(string id)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, $"{id}.json")));
        Faults(json.RootElement).ShouldBeEmpty();
    }

    /// <summary>A description that has everything, as the writer makes it: the schema knows every word and every default of the records.</summary>
    [Fact]
    public void The_schema_knows_every_word_that_the_reader_knows()
    {
        var whole = new BoxDescription
        {
            Id = "whole",
            Title = "",
            Summary = "",
            Nat = new(),
            Firewall = new() { Outgoing = [new() { Protocol = Lab.Packets.Transport.Udp }], Guards = [new() { Name = "g", Model = default, Threshold = 1, Window = 1 }] },
            Sources = new Dictionary<string, string> { ["*"] = "a test" },
        };
        var written = System.Text.Json.Nodes.JsonNode.Parse(BoxDescriptionJson.Write(whole))!.AsObject();
        written.Remove("row");
        using var json = JsonDocument.Parse(written.ToJsonString());
        Faults(json.RootElement).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Ids))]
    public void Every_figure_names_its_source_and_every_source_its_figure(string id)
    {
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(Folder, $"{id}.json")));
        var figures = new[] { "nat", "firewall" }
            .SelectMany(part => json.RootElement.TryGetProperty(part, out var element) ? Figures(element, part) : [])
            .Distinct().ToArray();
        var sources = BoxCatalogue.All[id].Sources;
        sources.Keys.ShouldContain("*");
        sources.Values.ShouldAllBe(source => source.Length > 3);
        figures.Except(sources.Keys).ShouldBeEmpty("a figure without a source");
        sources.Keys.Except(figures).ShouldBe(["*"], "a source without its figure");
    }

    [Theory]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"colour":1}""", "Line 1: 'colour' is no word of this description; catalogue/nats.schema.json has those that are.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"ports":{"colour":1}}}""", "'nat.ports.colour' is no word")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":[]}""", "sources does not take this value; catalogue/nats.schema.json says")]
    [InlineData("""{"id":"x","title":null,"summary":"","sources":{}}""", "title must not be null")]
    [InlineData("""{"id":"X!","title":"","summary":"","sources":{}}""", "'X!' is no id")]
    [InlineData("""{"id":"x","title":"","summary":""}""", "the description lacks 'sources'; catalogue/nats.schema.json says")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"row":["a","b"],"natOf":"c"}""", "no box of its own")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"mapping":"sideways"}}""", "Line 1: nat.mapping does not take this value; catalogue/nats.schema.json says what it takes.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"mapping":"dependent"}}""", "nat.mapping")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"ports":{"rule":"step","step":0}}}""", "nat.ports.step")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"ports":{"rule":"step","step":31,"first":46516,"last":46887}}}""", "nat.ports.step")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"crossTraffic":600,"ports":{"rule":"step","step":1}}}""", "nat.crossTraffic")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"crossTraffic":40,"ports":{"rule":"step","step":2,"first":2000,"last":3999}}}""", "nat.crossTraffic")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"keepsParity":true,"ports":{"rule":"step","step":2}}}""", "nat.keepsParity")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"ports":{"rule":"offset","offset":30000,"first":50000}}}""", "an offset shifts through all ports")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"ports":{"rule":"block"}}}""", "nat.ports.blockSize")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"mapping":"address-dependent","ports":{"onClash":"refuse"}}}""", "say overloads, or another rule")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"mapping":"address-dependent","addresses":2,"pooling":"arbitrary"}}""", "say overloads, or paired")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"mapping":"address-dependent","filtering":"endpoint-independent","addresses":2,"pooling":"arbitrary","overloads":true}}""", "another filtering, or paired")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"ports":{"taken":0.5,"onClash":"refuse"}}}""", "at most 0.25 with 'refuse'")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"limits":{"perSubscriber":16}}}""", "240 and more")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"expiry":{"udpNew":1.9}}}""", "2 seconds and more")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"expiry":{"udpStream":1.9}}}""", "2 seconds and more")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"expiry":{"atMost":9.9}}}""", "0 for none, or 10 seconds and more")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"ports":{"first":9,"last":2}}}""", "nat.ports")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"firewall":{"guards":[{"name":"g","model":"gap","threshold":0,"window":1}]}}""", "threshold")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"natOf":"nonsense"}""", "natOf: no box of the catalogue is called 'nonsense'; name one of address-restricted, ")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"natOf":"x"}""", "natOf: 'x' names itself; name boxes of the catalogue: ")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"natOf":"public"}""", "natOf: 'public' has no NAT of its own to share")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"natOf":"carrier-over-home"}""", "natOf: 'carrier-over-home' has no NAT of its own to share")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"row":["linux","nonsense"]}""", "row: no box of the catalogue is called 'nonsense'; name one of ")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"row":["linux",null]}""", "row: no box of the catalogue is called 'null'")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"row":["x","linux"]}""", "row: 'x' names itself; name boxes of the catalogue: ")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"nat":{"keepsParity":true,"ports":{"rule":"offset","offset":3}}}""", "nat.keepsParity: an odd offset keeps none; say an even one.")]
    [InlineData("[", "Line 1: ")]
    [InlineData("{\n\"id\": x}", "Line 2: this is no JSON: ")]
    [InlineData("null", "empty")]
    public void What_is_wrong_is_said_in_one_sentence(string json, string expected)
    {
        BoxDescriptionJson.Read(json, out var error).ShouldBeNull();
        error.ShouldContain(expected);
        error.ShouldNotContain("\n");
        foreach (var foreign in new[] { ".NET", "Postern.", "JSON property", "deserialization", "Path:" })
        {
            error.ShouldNotContain(foreign);
        }
    }

    [Theory]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"nat":{"expiry":{"udpStreamAfter":-1}}}""", "nat.expiry.udpStreamAfter: seconds, 0 or more.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"firewall":{"outgoing":[{"protocol":"tcp","ports":[80,0]}]}}""", "firewall.outgoing.ports: 1 to 65535.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"firewall":{"outgoing":[{"protocol":"udp","ports":[65536]}]}}""", "firewall.outgoing.ports: 1 to 65535.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"firewall":{"outgoing":[null]}}""", "firewall.outgoing: null is no rule")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"firewall":{"guards":[null]}}""", "firewall.guards: null is no guard")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"firewall":{"guards":[{"name":"g","model":"gap","threshold":1,"window":1,"lowPortWeight":-1}]}}""", "firewall.guards: 'g' needs a lowPortWeight of 0 or more.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"firewall":{"guards":[{"name":"g","model":"refusals","threshold":1,"window":1,"refusals":-1}]}}""", "'g' needs refusals and attempts of 0 or more.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"firewall":{"guards":[{"name":"g","model":"refusals","threshold":1,"window":1,"attempts":-1}]}}""", "'g' needs refusals and attempts of 0 or more.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"*":"a test"},"firewall":{"guards":[{"name":"g","model":"gap","threshold":1,"window":1,"ban":-1}]}}""", "'g' needs a ban of 0 seconds or more.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"natOf":"linux"}""", "sources: '*' says where the description is from.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{"nat.ports.offset":"a test"},"natOf":"linux"}""", "sources: '*' says where the description is from.")]
    public void What_the_schema_forbids_the_reader_forbids(string json, string sentence)
    {
        using var parsed = JsonDocument.Parse(json);
        Faults(parsed.RootElement).ShouldNotBeEmpty();
        BoxDescriptionJson.Read(json, out var error).ShouldBeNull();
        error.ShouldContain(sentence);
        error.ShouldNotContain("\n");
    }

    private static IEnumerable<string> Faults(JsonElement json)
    {
        var result = Schema.Evaluate(json, new() { OutputFormat = OutputFormat.List });
        var details = (result.Details ?? []).Where(detail => detail.Errors is not null).SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}"));
        return result.IsValid ? [] : details.DefaultIfEmpty("not of the schema");
    }

    private static readonly JsonSchema Schema = JsonSchema.FromText(File.ReadAllText(Path.Combine(Folder, "../nats.schema.json")));

    private static string Folder => Path.Combine(Here(), "../../../catalogue/nats");

    private static string Here([System.Runtime.CompilerServices.CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;

    /// <summary>Paths of all numbers; elements of a list share theirs, and so do the entries of a table.</summary>
    private static IEnumerable<string> Figures(JsonElement element, string path) => element.ValueKind switch
    {
        JsonValueKind.Number => [path],
        JsonValueKind.Array => element.EnumerateArray().SelectMany(item => Figures(item, path)),
        JsonValueKind.Object when element.EnumerateObject().All(property => char.IsAsciiDigit(property.Name[0])) => [path],
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property => Figures(property.Value, $"{path}.{property.Name}")),
        _ => [],
    };
}

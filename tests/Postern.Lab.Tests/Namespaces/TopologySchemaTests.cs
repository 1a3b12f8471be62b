using System.Runtime.CompilerServices;
using System.Text.Json;
using Postern.Lab.Namespaces.Topologies;

namespace Postern.Tests.Namespaces;

public class TopologySchemaTests
{
    [Theory]
    [InlineData("", typeof(Topology))]
    [InlineData("network", typeof(TopologyNetwork))]
    [InlineData("host", typeof(TopologyHost))]
    [InlineData("link", typeof(TopologyLink))]
    public void The_schema_has_the_words_that_are_read_and_no_others(string definition, Type type)
    {
        using var schema = JsonDocument.Parse(File.ReadAllText(SchemaPath()));
        var element = definition.Length == 0 ? schema.RootElement : schema.RootElement.GetProperty("$defs").GetProperty(definition);
        element.GetProperty("properties").EnumerateObject().Select(property => property.Name.TrimStart('$')).ShouldBe(
            type.GetProperties().Where(property => property.CanWrite).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)),
            ignoreOrder: true);
    }

    [Fact]
    public void A_topology_that_uses_every_word_is_read()
    {
        var topology = TopologyJson.Read("""
            {
              "$schema": "lab-topology.schema.json",
              "networks": {
                "carrier": { "box": "block-1024" },
                "home": {
                  "in": "carrier", "router": "tun",
                  "box": { "id": "mine", "title": "Mine", "summary": "Mine.", "nat": { "ports": { "rule": "step", "step": -1 } }, "sources": { "*": "a test" } },
                  "up": { "delay": 1, "jitter": 2, "loss": 0.1, "duplication": 0.2, "reordering": 0.3, "reorderingDelay": 4, "rate": 1e6, "queue": 9000, "mtu": 1400, "hops": 2 },
                  "down": {}
                }
              },
              "hosts": { "server": { "addresses": 2 }, "alice": { "in": "home" } }
            }
            """);
        var plan = LabPlanner.Make("x", topology);
        plan.Networks.Select(network => (network.Name, network.Box.Id, network.IsTun)).ShouldBe([("carrier", "block-1024", true), ("home", "mine", true)]);
        plan.Networks[1].Up.ShouldBe(new() { Delay = 1, Jitter = 2, Loss = 0.1, Duplication = 0.2, Reordering = 0.3, ReorderingDelay = 4, Rate = 1e6, Queue = 9000, Mtu = 1400, Hops = 2 });
    }

    private static string SchemaPath([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", "..", "catalogue", "lab-topology.schema.json"));
}

using System.Text.Json;
using System.Text.RegularExpressions;
using Postern.Lab.Boxes.Descriptions;

namespace Postern.Lab.Namespaces.Topologies;

/// <summary>Reads topologies, and says in one sentence what is wrong with one.</summary>
public static partial class TopologyJson
{
    private const int MostMembers = 200; // each has a namespace, and routers of our own have a process

    internal static readonly JsonSerializerOptions Options = DescriptionJson.Options(new KebabEnumConverter<RouterKind>());

    /// <summary>Throws <see cref="LabException"/> with what is wrong. Boxes that stand in files are read with it.</summary>
    /// <param name="json">A topology.</param>
    /// <param name="folder">Where the paths of boxes begin: that of the topology's file; null where no box is a file.</param>
    public static Topology Read(string json, string? folder = null)
    {
        try
        {
            var topology = JsonSerializer.Deserialize<Topology>(json.Replace("\"$schema\"", "\"schema\"", StringComparison.Ordinal), Options)
                ?? throw new LabException("The topology is empty.");
            if (Fault(topology) is { } fault)
            {
                throw new LabException(fault);
            }

            return topology with
            {
                Networks = topology.Networks.ToDictionary(pair => pair.Key, pair => pair.Value with { Box = BoxDescriptionJson.Element(Box(pair.Key, pair.Value.Box, folder)) }),
            };
        }
        catch (JsonException e)
        {
            throw new LabException($"The topology cannot be read: {JsonFault.Of(e, "catalogue/lab-topology.schema.json")}", e);
        }
    }

    /// <summary>The box of a network, by its id or as a description.</summary>
    public static BoxDescription Box(string network, JsonElement box) => Box(network, box, folder: null);

    private static BoxDescription Box(string network, JsonElement box, string? folder)
    {
        var found = box.ValueKind == JsonValueKind.String ? BoxFile.Find(box.GetString()!, folder, out var error) : BoxDescriptionJson.Read(box.GetRawText(), out error);
        return found ?? throw new LabException($"The box of the network '{network}': {error}");
    }

    public static bool IsName(string name) => Name().IsMatch(name);

    private static string? Fault(Topology topology)
    {
        var names = topology.Networks.Keys.Concat(topology.Hosts.Keys).Append(TopologyNetwork.Internet).ToArray();
        return names.FirstOrDefault(name => !IsName(name)) is { } odd ? $"'{odd}' is no name: lower case, digits and hyphens, at most 24."
            : names.GroupBy(name => name).FirstOrDefault(same => same.Count() > 1)?.Key is { } twice ? $"The name '{twice}' is there twice."
            : names.Length > MostMembers ? $"A laboratory has at most {MostMembers} hosts and networks."
            : topology.Hosts.Count == 0 ? "There is no host in it."
            : topology.Networks.Select(pair => Fault(topology, pair.Key, pair.Value)).FirstOrDefault(fault => fault is not null)
                ?? topology.Hosts.Select(pair => Fault(topology, pair.Key, pair.Value)).FirstOrDefault(fault => fault is not null);
    }

    private static string? Fault(Topology topology, string name, TopologyNetwork network)
    {
        var seen = new HashSet<string>();
        for (var outer = name; outer != TopologyNetwork.Internet; outer = topology.Networks[outer].In)
        {
            if (!topology.Networks.ContainsKey(outer))
            {
                return $"The network '{name}' is in '{outer}', which is no network.";
            }

            if (!seen.Add(outer))
            {
                return $"The network '{name}' lies inside itself.";
            }
        }

        return network.Up.Fault is { } up ? $"The network '{name}', up: {up}" : network.Down.Fault is { } down ? $"The network '{name}', down: {down}" : null;
    }

    private static string? Fault(Topology topology, string name, TopologyHost host) =>
        host.In != TopologyNetwork.Internet && !topology.Networks.ContainsKey(host.In) ? $"The host '{name}' is in '{host.In}', which is no network."
        : host.Addresses is < 1 or > 8 ? $"The host '{name}' has 1 to 8 addresses."
        : null;

    [GeneratedRegex("^[a-z0-9]([a-z0-9-]{0,22}[a-z0-9])?$")]
    private static partial Regex Name();
}

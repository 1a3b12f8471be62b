using System.Text.Json;
using System.Text.Json.Serialization;
using Postern.Lab.Grid.Real;
using Postern.Protocol.Nat;

namespace Postern.Lab.Grid;

/// <summary>The names of <c>grid.json</c>: those of the types, in camel case; kinds are words. What is alike stands in <see cref="GridTables"/>.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(EndpointConverter)])]
[JsonSerializable(typeof(GridReport))]
[JsonSerializable(typeof(GridComparison))]
[JsonSerializable(typeof(EarlierGrid))]
[JsonSerializable(typeof(EarlierTables))]
public sealed partial class GridJson : JsonSerializerContext
{
    public static string Write(GridReport report)
    {
        var tables = new GridTables([]);
        var file = JsonSerializer.SerializeToNode(report, tables.Of<GridReport>())!.AsObject();
        file.Insert(file.IndexOf("pairs"), "tables", tables.Tables);
        return file.ToJsonString();
    }

    /// <summary>What programs met in an earlier file; throws <see cref="JsonException"/> where it is none, and gives null where it says so.</summary>
    public static EarlierGrid? Read(string json) =>
        JsonSerializer.Deserialize(json, new GridTables(JsonSerializer.Deserialize(json, Default.EarlierTables)?.Tables ?? []).Of<EarlierGrid>());

    public static string Write(GridComparison comparison) => JsonSerializer.Serialize(comparison, Default.GridComparison);
}

using System.Text.Json;
using System.Text.Json.Serialization;
using Postern.Lab.Grid.Real;

namespace Postern.Lab.Grid;

/// <summary>The names of <c>grid.json</c>: those of the types, in camel case; kinds are words.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(GridReport))]
[JsonSerializable(typeof(GridComparison))]
[JsonSerializable(typeof(EarlierGrid))]
public sealed partial class GridJson : JsonSerializerContext
{
    public static string Write(GridReport report) => JsonSerializer.Serialize(report, Default.GridReport);

    public static string Write(GridComparison comparison) => JsonSerializer.Serialize(comparison, Default.GridComparison);
}

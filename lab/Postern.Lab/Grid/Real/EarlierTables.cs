using System.Text.Json.Nodes;

namespace Postern.Lab.Grid.Real;

/// <summary>As much of a <c>grid.json</c> as must be known to read the rest.</summary>
/// <param name="Tables">Absent in the first format.</param>
public sealed record EarlierTables(JsonObject? Tables);

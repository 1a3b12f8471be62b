using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Postern.Lab.Grid;

/// <summary>
/// What many pairs have alike, once each: in <c>grid.json</c> it stands in a table, and where it belongs stands its row. The whole
/// grid is a quarter as long for it.
/// </summary>
internal sealed class GridTables
{
    private readonly JsonSerializerOptions _options = new(GridJson.Default.Options);

    /// <param name="tables">Those of a file that is read; empty for one that is written.</param>
    public GridTables(JsonObject tables)
    {
        Tables = tables;
        Share("forecasts", GridJson.Default.GridForecast);
        Share("nats", GridJson.Default.NatReport);
        Share("attempts", GridJson.Default.PathAttempt);
        Share("steps", GridJson.Default.ReportStep);
        Share("predictions", GridJson.Default.PredictionReport);
        Share("reasons", GridJson.Default.ReportReason);
        Share("places", GridJson.Default.LadderPlace);
        Share("endpoints", GridJson.Default.Endpoint);
        Share("rungs", GridJson.Default.LadderRung);
    }

    /// <summary>Rows by the name of their table.</summary>
    public JsonObject Tables { get; }

    /// <summary>The type with rows in it wherever the tables have its parts.</summary>
    public JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));

    private void Share<T>(string name, JsonTypeInfo<T> full)
    {
        if (Tables[name] is not JsonArray rows)
        {
            Tables[name] = rows = [];
        }

        _options.Converters.Insert(0, new RowConverter<T>(rows, full));
    }

    private sealed class RowConverter<T>(JsonArray rows, JsonTypeInfo<T> full) : JsonConverter<T>
    {
        private readonly Dictionary<string, int> _known = [];

        /// <summary>A row, or the value itself: so it stood in the first format.</summary>
        public override T? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.Number)
            {
                return JsonSerializer.Deserialize(ref reader, full);
            }

            return reader.TryGetInt32(out var row) && row >= 0 && row < rows.Count && rows[row] is { } found
                ? found.Deserialize(full)
                : throw new JsonException("There is no such row.");
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options)
        {
            var text = JsonSerializer.Serialize(value, full);
            if (!_known.TryGetValue(text, out var row))
            {
                _known[text] = row = rows.Count;
                rows.Add(JsonNode.Parse(text));
            }

            writer.WriteNumberValue(row);
        }
    }
}

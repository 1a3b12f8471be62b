using System.Text.Json.Nodes;

namespace Postern.Cli.Check;

/// <summary>One thing that <c>check</c> found out.</summary>
/// <param name="Id">An identifier that stays: section, dot, what it is about.</param>
/// <param name="Verdict">How it is meant.</param>
/// <param name="Sentence">In plain words.</param>
internal sealed record Finding(string Id, CheckVerdict Verdict, string Sentence)
{
    /// <summary>What was seen; empty where the sentence says it all.</summary>
    public string Evidence { get; init; } = "";

    /// <summary>What to do about it; empty for nothing.</summary>
    public string Next { get; init; } = "";

    /// <summary>Further lines for a person.</summary>
    public IReadOnlyList<string> Details { get; init; } = [];

    /// <summary>For a program: what was measured.</summary>
    public JsonNode? Data { get; init; }

    public JsonObject Json(string section)
    {
        var json = new JsonObject { ["id"] = Id, ["section"] = section, ["verdict"] = Verdict.ToString().ToLowerInvariant(), ["sentence"] = Sentence };
        Add(json, "evidence", Evidence);
        Add(json, "next", Next);
        if (Data is not null)
        {
            json["data"] = Data;
        }

        return json;
    }

    private static void Add(JsonObject json, string name, string text)
    {
        if (text.Length > 0)
        {
            json[name] = text;
        }
    }
}

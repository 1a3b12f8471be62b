using System.Text.Json;
using Postern.Net.Tests.Networks;

namespace Postern.Net.Tests.Check;

/// <summary>What <c>postern check --json</c> said.</summary>
public sealed class CheckReport
{
    private readonly Dictionary<string, JsonElement> _findings;
    private readonly Outcome _outcome;

    public CheckReport(Outcome outcome)
    {
        _outcome = outcome;
        _findings = outcome.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonDocument.Parse(line, default).RootElement)
            .ToDictionary(finding => finding.GetProperty("id").GetString()!);
        _findings.Keys.ShouldContain("summary", All);
    }

    public int ExitCode => _outcome.ExitCode;

    /// <summary>For messages.</summary>
    public string All => $"code {_outcome.ExitCode}\n{_outcome.Errors}{_outcome.Output}";

    public string Verdict(string id) => Text(id, "verdict");

    public string Sentence(string id) => Text(id, "sentence");

    public string Next(string id) => Text(id, "next");

    public bool Has(string id) => _findings.ContainsKey(id);

    public JsonElement Data(string id) => _findings[id].GetProperty("data");

    /// <summary>The finding blames a rule of this computer, by its own words.</summary>
    public void ShouldBlame(string id, params string[] words)
    {
        Verdict(id).ShouldNotBe("ok", All);
        foreach (var word in words)
        {
            Sentence(id).ShouldContain(word, customMessage: All);
        }
    }

    private string Text(string id, string name)
    {
        _findings.Keys.ShouldContain(id, All);
        return _findings[id].TryGetProperty(name, out var value) ? value.GetString()! : "";
    }
}

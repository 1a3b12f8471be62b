using System.Text.Json.Nodes;
using Postern.Firewalls.Formats;
using Postern.Firewalls.Rules;

namespace Postern.Cli.Firewalls;

/// <summary>The rules and all that is said beside them as one object.</summary>
internal static class RulesJson
{
    public static JsonObject Of(Plan plan, IRuleFormat format, FormatOutput written, IReadOnlyList<RuleWarning> warnings)
    {
        var size = HoleSize.Of(plan.Policy);
        return new()
        {
            ["format"] = format.Id,
            ["isVerifiedByTool"] = format.IsVerifiedByTool,
            ["files"] = List(written.Files, file => new JsonObject { ["name"] = file.Name, ["text"] = file.Text }),
            ["opened"] = written.Opened,
            ["bits"] = Bits(size.Bits),
            ["open"] = List(size.Parts, part => new JsonObject { ["version"] = Number(part.Version), ["protocol"] = part.Protocol.Word(), ["bits"] = Bits(part.Bits) }),
            ["rules"] = List(plan.Policy.Rules, rule => Of(rule, HoleSize.Of(plan.Policy, rule))),
            ["losses"] = List(written.Losses, loss => new JsonObject { ["rule"] = loss.RuleId, ["why"] = loss.Why }),
            ["warnings"] = List(warnings, warning => new JsonObject { ["id"] = warning.Id, ["rules"] = Texts(warning.Rules), ["sentence"] = warning.Sentence, ["advice"] = warning.Advice }),
            ["notes"] = List(plan.Notes, note => new JsonObject { ["kind"] = Camel(note.Kind.ToString()), ["flow"] = note.Flow, ["sentence"] = note.Sentence }),
        };
    }

    private static JsonObject Of(Rule rule, HoleSize size)
    {
        var (match, forward) = (rule.Match, rule.Verdict as Verdict.Forward);
        return new()
        {
            ["id"] = rule.Id,
            ["phase"] = Camel(rule.Phase.ToString()),
            ["verdict"] = Camel(rule.Verdict.GetType().Name),
            ["from"] = match.From?.Name,
            ["to"] = match.To?.Name,
            ["protocol"] = match.Protocol.Word(),
            ["source"] = match.Source.ToString(),
            ["sourcePorts"] = match.SourcePorts.ToString(),
            ["destination"] = match.Destination.ToString(),
            ["destinationPorts"] = match.DestinationPorts.ToString(),
            ["samePort"] = match.SamePort,
            ["icmpType"] = match.IcmpType,
            ["forwardTo"] = forward?.To.ToString(),
            ["forwardPort"] = forward?.Port,
            ["helper"] = rule.Helper,
            ["why"] = rule.Why,
            ["bits"] = rule.Verdict.LetsPass ? Bits(size.Bits) : null,
        };
    }

    /// <summary>JSON has no infinity: nothing open is null.</summary>
    private static JsonValue? Bits(double bits) => double.IsNegativeInfinity(bits) ? null : JsonValue.Create(Math.Round(bits, 3));

    private static int Number(IpVersion version) => version == IpVersion.V4 ? 4 : 6;

    private static string Camel(string name) => char.ToLowerInvariant(name[0]) + name[1..];

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];

    private static JsonArray List<T>(IEnumerable<T> items, Func<T, JsonObject> of) => [.. items.Select(of)];
}

using System.Globalization;
using System.Text.Json.Nodes;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Learning.Inference;
using Postern.Firewalls.Rules;

namespace Postern.Cli.Firewalls;

/// <summary>What a log taught, for a program.</summary>
internal static class LearnJson
{
    public static JsonObject Of(LearnReport report, LineCounts counts, FlowTable table) => new()
    {
        ["lines"] = Lines(counts),
        ["flows"] = table.Flows,
        ["repeats"] = table.Repeats,
        ["answers"] = table.Answers,
        ["applications"] = Texts(report.Applications),
        ["rules"] = new JsonArray([.. report.Rules.Select(Rule)]),
        ["coverage"] = new JsonObject
        {
            ["flows"] = report.Coverage.Flows,
            ["passed"] = report.Coverage.Passed,
            ["quiet"] = report.Coverage.Quiet,
            ["refused"] = report.Coverage.Refused,
            ["refusedExamples"] = Texts(report.Coverage.RefusedExamples),
        },
        ["observation"] = report.Observation is not { } seen ? null : new JsonObject
        {
            ["first"] = Time(seen.First),
            ["last"] = Time(seen.Last),
            ["seconds"] = seen.Span.TotalSeconds,
            ["newest"] = Time(seen.Newest),
            ["newestRule"] = seen.NewestRule,
        },
        ["dismissed"] = new JsonArray([.. report.Dismissed.Select(one => new JsonObject { ["why"] = one.Why, ["flows"] = one.Flows, ["example"] = one.Example })]),
        ["warnings"] = new JsonArray([.. report.Warnings.Select(one => new JsonObject { ["id"] = one.Id, ["sentence"] = one.Sentence })]),
    };

    private static JsonObject Rule(LearnedRule rule)
    {
        var (match, evidence) = (rule.Rule.Match, rule.Evidence);
        return new()
        {
            ["id"] = rule.Rule.Id,
            ["phase"] = rule.Rule.Phase.ToString().ToLowerInvariant(),
            ["verdict"] = rule.Rule.Verdict.GetType().Name.ToLowerInvariant(),
            ["pattern"] = rule.Pattern.ToString(),
            ["application"] = rule.Match?.Application.Id,
            ["flow"] = rule.Match?.Flow.Id,
            ["why"] = rule.Rule.Why,
            ["from"] = match.From!.Name,
            ["to"] = match.To!.Name,
            ["protocol"] = match.Protocol.ToString().ToLowerInvariant(),
            ["source"] = match.Source.ToString(),
            ["destination"] = match.Destination.ToString(),
            ["sourcePorts"] = match.SourcePorts.ToString(),
            ["destinationPorts"] = match.DestinationPorts.ToString(),
            ["samePort"] = match.SamePort,
            ["icmpType"] = match.IcmpType,
            ["bits"] = Math.Round(rule.Bits, 2),
            ["bitsOfSeenHosts"] = Math.Round(rule.BitsOfSeenHosts, 2),
            ["evidence"] = new JsonObject
            {
                ["flows"] = evidence.Flows,
                ["repeats"] = evidence.Repeats,
                ["first"] = Time(evidence.First),
                ["last"] = Time(evidence.Last),
                ["sources"] = Hosts(evidence.Sources),
                ["destinations"] = Hosts(evidence.Destinations),
            },
            ["neverSeen"] = new JsonObject { ["sourcePorts"] = rule.UnseenPorts.Source, ["destinationPorts"] = rule.UnseenPorts.Destination },
        };
    }

    private static JsonObject Hosts(HostChoice hosts) => new()
    {
        ["seen"] = hosts.Seen,
        ["areMore"] = hosts.AreMore,
        ["examples"] = Texts(hosts.Examples.Select(host => host.ToString())),
        ["isZone"] = hosts.IsZone,
        ["kind"] = hosts.Kind.ToString().ToLowerInvariant(),
        ["opened"] = hosts.Opened.ToString(),
        ["neverSeen"] = double.IsFinite(hosts.NeverSeen) ? hosts.NeverSeen : null,
    };

    private static JsonObject Lines(LineCounts counts)
    {
        var lines = new JsonObject { ["total"] = counts.Total, ["bytes"] = counts.Bytes, ["lostLines"] = counts.LostLines };
        foreach (var kind in Enum.GetValues<LineKind>())
        {
            var name = kind.ToString();
            lines[char.ToLowerInvariant(name[0]) + name[1..]] = counts[kind];
        }

        return lines;
    }

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => (JsonNode)text)]);

    private static string? Time(long at) => LogTime.IsCalendar(at) ? DateTimeOffset.FromUnixTimeMilliseconds(at).ToString("o", CultureInfo.InvariantCulture) : null;
}

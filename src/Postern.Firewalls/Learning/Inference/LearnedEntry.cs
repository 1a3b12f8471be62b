using System.Globalization;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Learnt rules as an entry of the catalogue: who plays the roles is left open, as there.</summary>
public static class LearnedEntry
{
    private const string Near = "client";
    private const string Far = "server";

    /// <param name="id">Of the entry: lower case, digits and hyphens.</param>
    /// <param name="rules">Those to keep.</param>
    /// <param name="observation">How long was looked; null where nobody knows.</param>
    public static Application Of(string id, IReadOnlyList<LearnedRule> rules, Observation? observation) => new()
    {
        Id = id,
        Title = id,
        Summary = "Learnt from a firewall's log.",
        Roles = new Dictionary<string, string> { [Near] = "who started most of the flows", [Far] = "who was spoken to" },
        Flows = [.. Flows(rules)],
        Notes = observation is null ? [] : [string.Create(CultureInfo.InvariantCulture, $"Watched for {observation.Span.TotalHours:0.#} hours; the last new flow came {observation.Quiet.TotalHours:0.#} hours before the end.")],
        Sources = ["observed: postern learn"],
    };

    private static IEnumerable<Flow> Flows(IReadOnlyList<LearnedRule> rules)
    {
        var near = rules.Where(rule => rule.Rule.Verdict.LetsPass).MaxBy(rule => rule.Evidence.Flows)?.Rule.Match.From;
        var number = 0;
        foreach (var rule in rules)
        {
            number++;
            var match = rule.Rule.Match;
            var starts = near is null || match.From!.Is(near);
            yield return new()
            {
                Id = string.Create(CultureInfo.InvariantCulture, $"{match.Protocol.ToString().ToLowerInvariant()}-{number}"),
                From = starts ? Near : Far,
                To = rule.Pattern == FlowPattern.Noise ? Group(match) : starts ? Far : Near,
                Protocols = [match.Protocol],
                SourcePorts = Source(rule, starts ? Near : Far),
                DestinationPorts = new PortExpression.Fixed(match.DestinationPorts),
                SamePort = match.SamePort,
                IcmpType = match.IcmpType,
                Need = rule.Rule.Verdict switch { Verdict.Drop => FlowNeed.QuietDrop, Verdict.Reject => FlowNeed.QuietReject, _ => FlowNeed.Required },
                Why = rule.Rule.Why,
                Confidence = FlowConfidence.Observed,
            };
        }
    }

    private static string Group(Match match) =>
        match.Destination.Ranges.All(range => range.Version == IpVersion.V6 || (uint)range.First >> 28 == 14) ? "multicast" : "broadcast";

    /// <summary>A whole system's range is that system's choice, not the application's.</summary>
    private static PortExpression Source(LearnedRule rule, string role)
    {
        var ports = rule.Rule.Match.SourcePorts;
        return ports.Count > 1000 && !ports.IsAny && !rule.Rule.Match.SamePort ? new PortExpression.Ephemeral(role) : new PortExpression.Fixed(ports);
    }
}

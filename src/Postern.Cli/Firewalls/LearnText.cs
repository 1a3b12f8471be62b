using System.Globalization;
using Postern.Cli.Terminal;
using Postern.Firewalls.Learning;
using Postern.Firewalls.Learning.Inference;
using Postern.Firewalls.Rules;

namespace Postern.Cli.Firewalls;

/// <summary>What a log taught, in plain words.</summary>
internal static class LearnText
{
    public static IEnumerable<string> Of(LearnReport report, LineCounts counts, FlowTable table)
    {
        yield return Read(counts, table);
        if (report.Applications.Count > 0)
        {
            yield return $"The catalogue knows: {string.Join(", ", report.Applications)}.";
        }

        foreach (var rule in report.Rules)
        {
            yield return "";
            foreach (var line in Rule(rule))
            {
                yield return line;
            }
        }

        yield return "";
        foreach (var line in Generalised(report.Rules).Concat(Summary(report)))
        {
            yield return line;
        }
    }

    /// <summary>One rule with its evidence.</summary>
    public static IEnumerable<string> Rule(LearnedRule rule)
    {
        var (match, evidence) = (rule.Rule.Match, rule.Evidence);
        yield return $"{Verdict(rule.Rule.Verdict)}  {Words(match)}   [{rule.Rule.Id}]";
        yield return $"        {Printable.Of(rule.Rule.Why)}";
        yield return string.Create(CultureInfo.InvariantCulture, $"        seen: {evidence.Flows} flows ({evidence.Repeats} repeated), {evidence.Sources.Seen} hosts to {Towards(evidence.Destinations)}{When(evidence)}");
        if (rule.Rule.Verdict.LetsPass)
        {
            var (source, destination) = rule.UnseenPorts;
            yield return string.Create(CultureInfo.InvariantCulture, $"        opens 2^{rule.Bits:0.0}, of that for the hosts that were seen 2^{rule.BitsOfSeenHosts:0.0}; never seen: {source} source ports, {destination} destination ports");
        }
    }

    private static string Read(LineCounts counts, FlowTable table)
    {
        var kinds = Enum.GetValues<LineKind>().Where(kind => kind != LineKind.Flow && counts[kind] > 0)
            .Select(kind => string.Create(CultureInfo.InvariantCulture, $"{counts[kind]} {Kind(kind)}"));
        return string.Create(CultureInfo.InvariantCulture, $"Read {counts.Total} lines: {string.Join(", ", kinds.Prepend($"{counts[LineKind.Flow]} open a flow"))}. {table.Flows} different flows; {table.Repeats} repetitions and {table.Answers} answers set aside.");
    }

    private static IEnumerable<string> Generalised(IReadOnlyList<LearnedRule> kept)
    {
        var wider = kept.Where(rule => rule.Rule.Verdict.LetsPass && (rule.Evidence.Sources.IsWider || rule.Evidence.Destinations.IsWider)).ToArray();
        if (wider.Length > 0)
        {
            yield return "Hosts that were not seen and yet are let through, since too many were seen to name them"
                + (wider.Any(rule => rule.Evidence.Sources.IsZone || rule.Evidence.Destinations.IsZone) ? " (--network PREFIX, where you know theirs, opens less than a zone):" : ":");
        }

        foreach (var rule in wider)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  {rule.Rule.Id}: {Side(rule.Rule.Match.From!, rule.Evidence.Sources)} -> {Side(rule.Rule.Match.To!, rule.Evidence.Destinations)}; +{rule.Bits - rule.BitsOfSeenHosts:0.0} bits");
        }
    }

    private static IEnumerable<string> Summary(LearnReport report)
    {
        var coverage = report.Coverage;
        yield return string.Create(CultureInfo.InvariantCulture, $"Replayed: of {coverage.Flows:0} flows {coverage.Passed:0} pass, {coverage.Quiet:0} are kept out of the log, {coverage.Refused:0} would be stopped.");
        foreach (var example in coverage.RefusedExamples)
        {
            yield return $"  stopped: {example}";
        }

        if (report.Observation is { } observation)
        {
            yield return $"Watched for {Span(observation.Span)}; the last new thing ({observation.NewestRule}) came {Span(observation.Quiet)} before the end.";
        }

        foreach (var dismissal in report.Dismissed)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Set aside {dismissal.Flows} flows: {dismissal.Why} For one: {dismissal.Example}");
        }

        foreach (var warning in report.Warnings)
        {
            yield return $"Note: {Printable.Of(warning.Sentence)} [{warning.Id}]";
        }
    }

    private static string Words(Match match)
    {
        var ports = match.Protocol.HasPorts() ? $" from port {match.SourcePorts} to {(match.SamePort ? "the same port, " : "port ")}{match.DestinationPorts}"
            : match.IcmpType is { } type ? string.Create(CultureInfo.InvariantCulture, $" type {type}") : "";
        return $"{match.Protocol.ToString().ToLowerInvariant()} {match.From!.Name}:{match.Source} -> {match.To!.Name}:{match.Destination}{ports}";
    }

    private static string Verdict(Verdict verdict) => verdict switch { Postern.Firewalls.Rules.Verdict.Drop => "quiet ", Postern.Firewalls.Rules.Verdict.Reject => "refuse", _ => "accept" };

    private static string Towards(HostChoice hosts) => hosts.AreMore ? string.Create(CultureInfo.InvariantCulture, $"more than {hosts.Seen}") : hosts.Seen.ToString(CultureInfo.InvariantCulture);

    private static string Side(Zone zone, HostChoice hosts) => hosts.Kind switch
    {
        HostChoiceKind.Self => Zone.Self.Name,
        HostChoiceKind.Zone => $"all of {zone.Name} ({Towards(hosts)} seen)",
        HostChoiceKind.Prefixes => $"{hosts.Opened} ({Towards(hosts)} seen, {Never(hosts.NeverSeen)} never)",
        _ => hosts.Opened.ToString(),
    };

    private static string Never(double hosts) => hosts < 1_000_000 ? hosts.ToString("0", CultureInfo.InvariantCulture) : string.Create(CultureInfo.InvariantCulture, $"2^{Math.Log2(hosts):0.0}");

    private static string When(RuleEvidence evidence) => !LogTime.IsCalendar(evidence.First) ? ""
        : string.Create(CultureInfo.InvariantCulture, $", {DateTimeOffset.FromUnixTimeMilliseconds(evidence.First):yyyy-MM-dd HH:mm:ss} to {DateTimeOffset.FromUnixTimeMilliseconds(evidence.Last):yyyy-MM-dd HH:mm:ss} UTC");

    private static string Span(TimeSpan span) => span.TotalDays >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(span.TotalHours):0}:{span.Minutes:00}:{span.Seconds:00} h");

    private static string Kind(LineKind kind) => kind switch
    {
        LineKind.Reply => "belong to one",
        LineKind.Comment => "are empty or headings",
        LineKind.Foreign => "are no firewall's",
        LineKind.Cut => "are cut",
        LineKind.Interleaved => "are written over each other",
        LineKind.TooLong => "are too long",
        LineKind.Unprintable => "hold control characters",
        LineKind.Lost => "say that lines are missing",
        _ => "open a flow",
    };
}

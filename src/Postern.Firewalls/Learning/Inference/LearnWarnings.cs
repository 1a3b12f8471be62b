using System.Globalization;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Finds out what speaks against trusting a log, or what was learnt from it.</summary>
internal static class LearnWarnings
{
    private const double MuchDamage = 0.01;
    private static readonly TimeSpan Enough = TimeSpan.FromDays(3); // "only after several days did I catch traffic on these ports"

    public static IEnumerable<LearnWarning> Find(
        FlowTable table, LineCounts counts, IReadOnlyList<FlowGroup> kept, IReadOnlyList<LearnedRule> rules, Observation? observation, LearnOptions options)
    {
        if (counts[LineKind.Lost] > 0)
        {
            yield return new("lost-lines", string.Create(CultureInfo.InvariantCulture, $"The log says in {counts[LineKind.Lost]} places that lines are missing ({counts.LostLines} lines where it says how many): what was learnt is incomplete."));
        }

        if (kept.DistinctBy(group => group.Prefix).FirstOrDefault(group => LogName.Of(group.Prefix).IsLimited) is { } limited)
        {
            yield return new("limited-log", $"Lines like \"{limited.Prefix}\" come from a rule that limits its log (ufw: 3 a minute; Shorewall: 1 a second for each source): use 'postern learn harness' for a log that is complete.");
        }

        var damaged = counts[LineKind.Cut] + counts[LineKind.Interleaved] + counts[LineKind.TooLong] + counts[LineKind.Unprintable];
        if (damaged > MuchDamage * counts.Total)
        {
            yield return new("damaged-log", string.Create(CultureInfo.InvariantCulture, $"{damaged} of {counts.Total} lines are damaged."));
        }

        if (table.Widened + table.Dropped > 0)
        {
            yield return new("table-full", string.Create(CultureInfo.InvariantCulture, $"There were more different flows than there is room for: {table.Widened} were kept without their hosts, {table.Dropped} not at all. Ask for single hosts with --host."));
        }

        foreach (var warning in OfTime(observation).Concat(OfStage(kept, options)).Concat(OfRules(rules)))
        {
            yield return warning;
        }
    }

    public static IEnumerable<LearnWarning> OfTooMany(int leftOut) => leftOut == 0 ? []
        : [new("too-many-rules", string.Create(CultureInfo.InvariantCulture, $"{leftOut} further rules, those that fewest flows speak for, were left out: ask for single hosts with --host."))];

    private static IEnumerable<LearnWarning> OfTime(Observation? observation)
    {
        if (observation is null)
        {
            yield return new("no-times", "The log does not say when, so nobody can say whether it was watched for long enough.");
        }
        else if (observation.Span < Enough)
        {
            yield return new("short-observation", $"It was watched for {Words(observation.Span)} only. Some needs show after days: the sources' Skype used UDP 80 and 443 only then.");
        }
        else if (observation.Quiet < observation.Span / 4)
        {
            yield return new("still-new", $"The last new thing ({observation.NewestRule}) came {Words(observation.Quiet)} before the end of the log: watch on.");
        }
    }

    private static IEnumerable<LearnWarning> OfStage(IReadOnlyList<FlowGroup> kept, LearnOptions options)
    {
        if (kept.Count > 0 && kept.Count(group => group.Passed == false) * 2 > kept.Count)
        {
            yield return new("deny-stage", string.Create(
                CultureInfo.InvariantCulture,
                $"This is what was denied: stage {options.Stage}. An application that is stopped at its first step does not show the next; allow these, try again, and expect more (--stage {options.Stage + 1}). 'postern learn harness' finds all in one pass."));
        }
    }

    private static IEnumerable<LearnWarning> OfRules(IReadOnlyList<LearnedRule> rules)
    {
        var wide = rules.Where(rule => rule.Rule.Phase == Phase.Wide && rule.Rule.Verdict.LetsPass && rule.Rule.Match.DestinationPorts.Count > 10_000).ToArray();
        if (wide.Length > 0)
        {
            yield return new("wide-rule", $"{string.Join(", ", wide.Select(rule => rule.Rule.Id))}: opens nearly all high ports and so ends most control of what leaves; keep it to the hosts that need it.");
        }
    }

    private static string Words(TimeSpan span) => span.TotalDays >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days")
        : span.TotalHours >= 2 ? string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} hours")
        : string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} minutes");
}

using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>
/// From flows to rules: sets aside answers, noise and scans; finds zones, ephemeral ranges and patterns; explains them by the catalogue;
/// proposes the fewest and smallest rules; and sends every flow through them again.
/// </summary>
public static class Learner
{
    /// <param name="table">The flows.</param>
    /// <param name="names">The names that they use.</param>
    /// <param name="counts">What else was in the log.</param>
    /// <param name="options">What is asked.</param>
    public static LearnReport Learn(FlowTable table, LogNames names, LineCounts counts, LearnOptions options)
    {
        var sorter = new FlowSorter();
        sorter.Sort(table.Read(names), options);
        IReadOnlyList<FlowGroup> groups = [.. sorter.Kept, .. sorter.Noise];
        var zones = new ZoneFinder(groups, options);
        var buckets = new BucketFinder(zones, new(sorter.Kept)).Find(sorter.Kept, sorter.Noise).ToList();
        CatalogueNames.Give(buckets, options.Catalogue);
        var proposer = new RuleProposer(options);
        var rules = proposer.Propose(buckets);

        var policy = PolicyOf(rules, zones.Zones, zones.IsRouter);
        var observation = Observation.Of(table.Span, rules);
        return new()
        {
            Rules = rules,
            Policy = policy,
            Coverage = Replay.Run(policy, groups, zones),
            Dismissed = sorter.Dismissed,
            Groups = groups,
            Places = zones,
            Observation = observation,
            Warnings = [.. LearnWarnings.Find(table, counts, sorter.Kept, rules, observation, options), .. LearnWarnings.OfTooMany(proposer.LeftOut)],
        };
    }

    /// <summary>The report with nothing but the rules that somebody kept, and what these do with the flows.</summary>
    public static LearnReport Reviewed(LearnReport report, IReadOnlyList<LearnedRule> kept)
    {
        var policy = report.Policy with { Rules = [.. kept.Select(rule => rule.Rule)] };
        return report with { Rules = kept, Policy = policy, Coverage = Replay.Run(policy, report.Groups, report.Places!) };
    }

    private static Policy PolicyOf(IReadOnlyList<LearnedRule> rules, IReadOnlyList<Zone> zones, bool isRouter) => new()
    {
        Zones = zones,
        Rules = [.. rules.Select(rule => rule.Rule)],
        Defaults = [new(null, null, new Verdict.Drop())],
        IsRouter = isRouter,
    };
}

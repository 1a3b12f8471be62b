using System.Globalization;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>Makes the fewest rules of buckets: what differs in nothing but the port becomes one.</summary>
internal sealed class RuleProposer(LearnOptions options)
{
    private const int NarrowPorts = 32;

    /// <summary>Nobody reads more, and a hostile log could make as many as there are groups.</summary>
    private const int MaximumRules = 1024;
    private const string Unnamed = "learnt";

    private readonly HashSet<string> _ids = [];

    /// <summary>How many rules were left out since there were too many.</summary>
    public int LeftOut { get; private set; }

    public IReadOnlyList<LearnedRule> Propose(IEnumerable<FlowBucket> buckets)
    {
        var parts = buckets
            .Select(bucket => new Part(bucket, Sources(bucket), Destinations(bucket)))
            .GroupBy(one => (
                one.Bucket.From.Name, one.Bucket.To.Name, one.Bucket.Protocol, one.Bucket.IcmpType, one.Bucket.Pattern, one.Bucket.SourcePorts.ToString(),
                one.Sources.Opened.ToString(), one.Destinations.Opened.ToString(), one.Bucket.Match?.Application.Id))
            .SelectMany(same => same.First().Bucket.Pattern == FlowPattern.SamePort ? same.Select(one => (Part[])[one]) : [[.. same]])
            .ToArray();
        if (parts.Length > MaximumRules)
        {
            LeftOut = parts.Length - MaximumRules;
            parts = [.. parts.OrderByDescending(same => same.Sum(one => one.Bucket.Count)).Take(MaximumRules)];
        }

        var rules = parts.Select(Rule).ToList();
        rules.RemoveAll(rule => rules.Exists(other => IsCovered(rule, other)));
        return [.. rules.OrderBy(rule => rule.Rule.Phase).ThenBy(rule => rule.Bits)];
    }

    private HostChoice Sources(FlowBucket bucket) => bucket.Pattern == FlowPattern.Noise
        ? new(bucket.Sources.Count, [.. bucket.Sources.Take(8)], AddressSet.Any, HostChoiceKind.Zone)
        : HostChoice.Of(bucket.From, bucket.Sources, [], options);

    private HostChoice Destinations(FlowBucket bucket) => HostChoice.Of(bucket.To, bucket.Destinations, bucket.FoldedDestinations, options);

    private LearnedRule Rule(Part[] parts)
    {
        var (first, sources, destinations) = parts[0];
        var groups = parts.SelectMany(one => one.Bucket.Groups).ToArray();
        var match = new Match
        {
            From = first.From,
            To = first.To,
            Protocol = first.Protocol,
            IcmpType = first.IcmpType,
            Source = Narrow(first.From, sources, groups),
            Destination = Narrow(first.To, destinations, groups),
            SourcePorts = first.SourcePorts,
            DestinationPorts = PortSet.Of(parts.SelectMany(one => one.Bucket.DestinationPorts.Ranges)),
            SamePort = first.Pattern == FlowPattern.SamePort,
        };
        var rule = new Rule { Id = Id(first, match), Phase = PhaseOf(first, match), Match = match, Verdict = VerdictOf(first), Why = Why(first) };
        var newest = parts.Max(one => one.Bucket.Groups.Min(group => group.First));
        return new(rule, first.Pattern, first.Match, RuleEvidence.Of(groups, sources, destinations, newest));
    }

    /// <summary>A whole zone is opened for the families alone that were seen.</summary>
    private static AddressSet Narrow(Zone zone, HostChoice choice, FlowGroup[] groups)
    {
        var version = groups[0].Version;
        return !choice.Opened.IsAny || zone.IsSelf || Array.Exists(groups, group => group.Version != version) ? choice.Opened : choice.Opened.Of(version);
    }

    private static Phase PhaseOf(FlowBucket bucket, Match match) =>
        bucket.Pattern == FlowPattern.Noise ? Phase.Noise
        : !match.Protocol.HasPorts() || match.DestinationPorts.Count <= NarrowPorts ? Phase.Narrow : Phase.Wide;

    /// <summary>Where the catalogue knows that silence makes the application wait, noise is refused aloud.</summary>
    private static Verdict VerdictOf(FlowBucket bucket) => bucket switch
    {
        { Match.Flow.Need: FlowNeed.QuietReject } => new Verdict.Reject(),
        { Pattern: FlowPattern.Noise } or { Match.Flow.Need: FlowNeed.QuietDrop } => new Verdict.Drop(),
        _ => new Verdict.Accept(),
    };

    private static string Why(FlowBucket bucket)
    {
        var name = bucket.Match is { } match ? $"{match.Application.Title}: {match.Flow.Why}" : null;
        var seen = bucket.Pattern switch
        {
            FlowPattern.Noise => "noise of the neighbourhood",
            FlowPattern.FixedSource => "one fixed source port towards many ports",
            FlowPattern.SamePort => "the same port at both ends",
            FlowPattern.ManyPorts => "many ports of no order",
            _ => "a service that was seen",
        };
        return name ?? $"Learnt from the log: {seen}.";
    }

    /// <summary>Unique; "APP:FLOW" where the catalogue knows it.</summary>
    private string Id(FlowBucket bucket, Match match)
    {
        var ports = match.Protocol.HasPorts() && !match.DestinationPorts.IsAny ? $"-{match.DestinationPorts.Ranges[0].First.ToString(CultureInfo.InvariantCulture)}" : "";
        var id = bucket.Match is { } known ? $"{known.Application.Id}:{known.Flow.Id}" : $"{Unnamed}:{match.Protocol.ToString().ToLowerInvariant()}{ports}";
        for (var number = 2; !_ids.Add(id); number++)
        {
            id = $"{id.Split('#')[0]}#{number.ToString(CultureInfo.InvariantCulture)}";
        }

        return id.Replace('#', '-');
    }

    /// <summary>A rule without a name that another contains is not needed.</summary>
    private static bool IsCovered(LearnedRule rule, LearnedRule other)
    {
        var (one, all) = (rule.Rule.Match, other.Rule.Match);
        return !ReferenceEquals(rule, other) && rule.Match is null && rule.Rule.Verdict.LetsPass && other.Rule.Verdict.LetsPass
            && one.From!.Is(all.From!) && one.To!.Is(all.To!) && one.Protocol == all.Protocol && one.IcmpType == all.IcmpType && !all.SamePort
            && all.Source.Contains(one.Source) && all.Destination.Contains(one.Destination)
            && all.SourcePorts.Contains(one.SourcePorts) && all.DestinationPorts.Contains(one.DestinationPorts);
    }

    /// <summary>A bucket and the hosts that its rule is to name.</summary>
    private sealed record Part(FlowBucket Bucket, HostChoice Sources, HostChoice Destinations);
}

using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>
/// Explains buckets by the catalogue with as few applications as can be: the one that explains most is taken first, then the one that
/// explains most of the rest.
/// </summary>
internal static class CatalogueNames
{
    /// <summary>A match that explains so many bits less than the best one is not worth a thought.</summary>
    private const double Margin = 4;

    /// <summary>Less is a guess: about a port out of a thousand.</summary>
    private const double LeastBits = 6;

    public static void Give(IReadOnlyList<FlowBucket> buckets, ApplicationCatalogue catalogue)
    {
        var left = buckets.Select(bucket => (Bucket: bucket, Matches: Candidates(bucket, catalogue))).Where(one => one.Matches.Count > 0).ToList();
        while (left.Count > 0)
        {
            var best = left.SelectMany(one => one.Matches)
                .GroupBy(match => match.Application)
                .OrderByDescending(application => Math.Round(application.Sum(match => match.Bits)))
                .ThenBy(application => Needs(application.Key)) // of two that explain as much, the one that would need the least besides
                .ThenBy(application => application.Key.Id, StringComparer.Ordinal)
                .First().Key.Id;
            foreach (var (bucket, matches) in left)
            {
                bucket.Match = matches.FirstOrDefault(match => match.Application.Id == best) ?? bucket.Match;
            }

            left.RemoveAll(one => one.Bucket.Match is not null);
        }

        foreach (var wide in buckets.Where(bucket => bucket is { Match: null, Pattern: FlowPattern.ManyPorts or FlowPattern.FixedSource }))
        {
            wide.Match = Companion(wide, buckets);
        }
    }

    /// <summary>Many ports alone say nothing; beside flows of the same host that gave an application away, a range of that application explains them.</summary>
    private static FlowMatch? Companion(FlowBucket wide, IReadOnlyList<FlowBucket> buckets) => buckets
        .Where(bucket => bucket.Match is { Bits: >= LeastBits } && wide.Sources.All(bucket.Sources.Contains))
        .GroupBy(bucket => bucket.Match!.Application, bucket => bucket.Match!.Bits)
        .OrderByDescending(application => application.Sum()).ThenBy(application => application.Key.Id, StringComparer.Ordinal)
        .SelectMany(application => application.Key.Flows
            .Where(flow => flow.IsAlive && flow.Need != FlowNeed.StatelessOnly && flow.Protocols.Contains(wide.Protocol))
            .Select(flow => new FlowMatch(application.Key, flow, 0)))
        .FirstOrDefault(match => UsualPorts.Of(match.Application, match.Flow.DestinationPorts) is { IsAny: false } ports && ports.Count >= PortChoice.Many && ports.Contains(wide.SeenDestinationPorts));

    /// <summary>How many ports an application cannot do without; a range counts as one.</summary>
    private static int Needs(Application application) => application.Flows
        .Where(flow => flow is { Need: FlowNeed.Required, IsAlive: true })
        .Sum(flow => UsualPorts.Of(application, flow.DestinationPorts).Ranges.Count * flow.Protocols.Count);

    /// <summary>The best flow of each application that fits all that was seen in the bucket.</summary>
    private static List<FlowMatch> Candidates(FlowBucket bucket, ApplicationCatalogue catalogue)
    {
        var group = bucket.Groups[0];
        var ports = group.HasPorts;
        var query = new FlowQuery
        {
            Protocol = bucket.Protocol,
            IcmpType = bucket.IcmpType,
            Destination = group.Destination,
            SourcePort = ports && bucket.SourcePorts.Count == 1 ? bucket.SourcePorts.Ranges[0].First : null,
            DestinationPort = ports ? bucket.SeenDestinationPorts.Ranges[0].First : null,
            Direction = bucket.From.IsSelf ? FlowDirection.Out : bucket.To.IsSelf ? FlowDirection.In : null,
        };
        var matches = catalogue.Match(query).Where(match => match.Bits >= LeastBits && Fits(match, bucket)).ToList();
        var best = matches.Count == 0 ? 0 : matches[0].Bits;
        return [.. matches.Where(match => match.Bits >= best - Margin).DistinctBy(match => match.Application.Id)];
    }

    private static bool Fits(FlowMatch match, FlowBucket bucket) =>
        !bucket.Groups[0].HasPorts
        || UsualPorts.Of(match.Application, match.Flow.DestinationPorts).Contains(bucket.SeenDestinationPorts)
        || match.Flow.DestinationPorts is PortExpression.Variable variable && variable.Allowed.Contains(bucket.SeenDestinationPorts);
}

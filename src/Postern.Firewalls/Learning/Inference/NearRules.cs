using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>For each flow the few rules of a policy that could be about it, by all but its ports; worked out once for flows that are alike.</summary>
internal sealed class NearRules(Policy policy)
{
    private const int MaximumOnStack = 256;

    private readonly Dictionary<(string From, string To, IpProtocol Protocol, byte IcmpType), (Rule Rule, char Number)[]> _ofKind = [];
    private readonly Dictionary<string, (Policy Near, int[] Edges)> _near = [];

    /// <summary>The policy with these rules alone, and the ports at which they begin and end: between two of them all ports are the same to every rule.</summary>
    public (Policy Near, int[] Edges) Of(Packet flow)
    {
        var kind = (flow.From.Name, flow.To.Name, flow.Protocol, flow.IcmpType);
        if (!_ofKind.TryGetValue(kind, out var rules))
        {
            _ofKind[kind] = rules = [.. policy.Rules.Select((rule, i) => (rule, (char)i)).Where(one => Evaluator.MatchesKind(one.rule.Match, flow))];
        }

        var (source, destination) = (AddressRange.Number(flow.Source), AddressRange.Number(flow.Destination));
        Span<char> numbers = rules.Length <= MaximumOnStack ? stackalloc char[rules.Length] : new char[rules.Length];
        var count = 0;
        foreach (var (rule, number) in rules)
        {
            if (rule.Match.Source.Contains(source.Version, source.Value) && rule.Match.Destination.Contains(destination.Version, destination.Value))
            {
                numbers[count++] = number;
            }
        }

        var lookup = _near.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(numbers[..count], out var near))
        {
            var few = numbers[..count].ToArray().Select(number => policy.Rules[number]).ToList();
            lookup[numbers[..count]] = near = (policy with { Rules = few }, Edges(few));
        }

        return near;
    }

    private static int[] Edges(List<Rule> rules) =>
    [
        .. rules.SelectMany(rule => rule.Match.SourcePorts.Ranges.Concat(rule.Match.DestinationPorts.Ranges))
            .SelectMany(range => new[] { range.First, range.Last + 1 }).Distinct().Order(),
    ];
}

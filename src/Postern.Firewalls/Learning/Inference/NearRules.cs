using System.Runtime.CompilerServices;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Learning.Inference;

/// <summary>For each flow the few rules of a policy that could be about it, by all but its ports; worked out once for flows that are alike.</summary>
internal sealed class NearRules(Policy policy)
{
    private const int MaximumOnStack = 256;

    private readonly Dictionary<Kind, Numbered[]> _ofKind = [];
    private readonly Dictionary<string, Near> _near = [];

    /// <summary>The policy with these rules alone, and the ports at which they begin and end: between two of them all ports are the same to every rule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Near Of(Packet flow)
    {
        var kind = new Kind(new(flow.From, flow.To, flow.Protocol), flow.IcmpType);
        if (!_ofKind.TryGetValue(kind, out var rules))
        {
            _ofKind[kind] = rules = [.. policy.Rules.Select((rule, i) => new Numbered(rule, (char)i)).Where(one => Evaluator.MatchesKind(one.Rule.Match, flow))];
        }

        var (source, destination) = (AddressRange.Number(flow.Source), AddressRange.Number(flow.Destination));
        Span<char> numbers = rules.Length <= MaximumOnStack ? stackalloc char[rules.Length] : new char[rules.Length];
        var count = 0;
        foreach (var one in rules)
        {
            var match = one.Rule.Match;
            if (match.Source.Contains(source.Version, source.Value) && match.Destination.Contains(destination.Version, destination.Value))
            {
                numbers[count++] = one.Number;
            }
        }

        var lookup = _near.GetAlternateLookup<ReadOnlySpan<char>>();
        if (!lookup.TryGetValue(numbers[..count], out var near))
        {
            var few = numbers[..count].ToArray().Select(number => policy.Rules[number]).ToList();
            lookup[numbers[..count]] = near = new(policy with { Rules = few }, Edges(few));
        }

        return near;
    }

    private static int[] Edges(List<Rule> rules) =>
    [
        .. rules.SelectMany(rule => rule.Match.SourcePorts.Ranges.Concat(rule.Match.DestinationPorts.Ranges))
            .SelectMany(range => new[] { range.First, range.Last + 1 }).Distinct().Order(),
    ];

    /// <summary>What a policy comes to for flows that are alike.</summary>
    /// <param name="Policy">With the rules alone that could be about them.</param>
    /// <param name="Edges">The ports at which these begin and end, in ascending order.</param>
    public sealed record Near(Policy Policy, int[] Edges);

    private sealed record Kind(FlowPlace Place, byte IcmpType)
    {
        public bool Equals(Kind? other) => other is not null && IcmpType == other.IcmpType && Place.Equals(other.Place);

        public override int GetHashCode() => (Place.GetHashCode() * 31) + IcmpType;
    }

    private sealed record Numbered(Rule Rule, char Number);
}

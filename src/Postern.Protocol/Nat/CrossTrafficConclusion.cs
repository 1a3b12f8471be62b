using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>
/// Where a NAT counts its ports, each port that neither of two own mappings explains went to another host: the whole measuring
/// shows how busy the NAT is.
/// </summary>
internal static class CrossTrafficConclusion
{
    private static readonly TimeSpan QuickSuccession = TimeSpan.FromMilliseconds(100);

    public static PortRule Of(ProbeFindings findings, NatDependence mapping, PortRule rule)
    {
        if (rule.Kind != PortRuleKind.Step)
        {
            return rule;
        }

        var (foreign, watched) = (0, TimeSpan.Zero);
        var series = Series(findings, mapping);
        rule = rule with { Delta = Smallest(rule.Delta, series) };
        foreach (var (last, next) in series.Zip(series.Skip(1)))
        {
            var moved = next.Port - last.Port;
            var steps = moved / rule.Delta;
            if (moved % rule.Delta == 0 && steps >= next.Turn - last.Turn) // else it turned round the end of its range, or was overtaken
            {
                foreign += steps - (next.Turn - last.Turn);
                watched += next.At - last.At;
            }
        }

        return rule with { ForeignMappings = foreign, WatchedMilliseconds = watched.TotalMilliseconds };
    }

    /// <summary>
    /// The few samples of a busy counter may all be even, or multiples of three: what else was seen in quick succession, in which no
    /// counter goes all the way round, shows a smaller step. One alone shows nothing: a first mapping may have kept its port.
    /// </summary>
    private static int Smallest(int delta, List<(int Turn, Instant At, int Port)> series)
    {
        var moves = series.Zip(series.Skip(1)).Where(pair => pair.Second.At - pair.First.At <= QuickSuccession)
            .Select(pair => pair.Second.Port - pair.First.Port).Where(moved => Math.Sign(moved) == Math.Sign(delta)).ToArray();
        return moves.Count(moved => moved % delta != 0) < 2 ? delta
            : Math.Sign(delta) * moves.Aggregate(Math.Abs(delta), (step, moved) => PortRuleFinder.GreatestCommonDivisor(step, Math.Abs(moved)));
    }

    /// <summary>New mappings in the order of asking. Those that nobody could see, as their answer was filtered, have their turn all the same.</summary>
    private static List<(int Turn, Instant At, int Port)> Series(ProbeFindings findings, NatDependence mapping)
    {
        var made = new HashSet<(Endpoint, Endpoint)>();
        var series = new List<(int, Instant, int)>();
        foreach (var exchange in findings.All.Where(e => e.Transmissions > 0))
        {
            var isNew = made.Add((exchange.Source, mapping.Towards(exchange.Destination)));
            if (isNew && exchange is { IsAnswered: true, Transmissions: 1 })
            {
                series.Add((made.Count, exchange.SentAt, exchange.Mapped.Port));
            }
        }

        return series;
    }
}

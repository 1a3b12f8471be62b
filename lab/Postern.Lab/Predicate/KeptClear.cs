using Postern.Lab.Boxes;
using Postern.Protocol.Nat;
using Postern.Protocol.Prediction;

namespace Postern.Lab.Predicate;

/// <summary>
/// What may come of a NAT that gives out ports below 1024, of which agents keep clear: nothing is sent there that nothing has come from.
/// RFC 4787 §4.2.1 (REQ-3) has NATs leave them alone, but not all may.
/// </summary>
/// <param name="Share">How often it is so.</param>
/// <param name="Report">What there is to be measured then.</param>
/// <param name="Told">The port that servers saw is such a one, also of the sockets that took the first one's place.</param>
/// <param name="Next">All that a counter gives out in the rounds of a plan are.</param>
internal sealed record KeptClear(double Share, NatReport Report, bool Told, bool Next)
{
    private const int FirstWelcome = 1024; // Postern.Protocol.Probing.UnwelcomePorts
    private const double Keepalive = 15; // seconds: what was forgotten by then is given out anew, and told
    private const int MappingsOfRound = PredictionPlanner.LearningMappings;

    /// <summary>When the call's sockets are seen, in seconds: the first, and three in its place.</summary>
    private static readonly double[] Sockets = [0, 0.1, 0.2, 0.3];

    /// <summary>When a plan's ports are learnt.</summary>
    private static readonly double[] Rounds = [0.5, 1.7, 2.9];

    /// <summary>All that there may be, with shares that make one.</summary>
    /// <param name="nat">That decides on the ports; null where nothing translates.</param>
    /// <param name="truth">What there is to be measured, wherever a subscriber's block lies.</param>
    public static IReadOnlyList<KeptClear> Of(NatRules? nat, NatReport truth) => nat?.Ports switch
    {
        _ when !truth.IsTranslated => [new(1, truth, false, false)],
        null or { First: >= FirstWelcome } or { Rule: PortRuleKind.Kept or PortRuleKind.Offset, Evades: false } => [new(1, truth, false, false)],
        { Rule: PortRuleKind.Step } => OfCounter(nat, truth),
        { Rule: PortRuleKind.Block } ports => OfBlocks(nat, ports, truth),
        var ports => [.. Drawn(nat, 1, truth, Low(ports.First, ports.Last) * (ports.Rule is PortRuleKind.Kept or PortRuleKind.Offset ? ports.Taken : 1))],
    };

    /// <summary>Whether a plan has nothing to begin at: each lacks the port that is to be opened towards, or the one that was learnt.</summary>
    /// <param name="plan">As one side has it.</param>
    /// <param name="one">That side.</param>
    /// <param name="other">The other.</param>
    public static bool Bars(PredictionPlan plan, KeptClear one, KeptClear other)
    {
        var (opener, asker) = plan.Opens ? (one, other) : (other, one);
        return plan.Method switch
        {
            PredictionMethod.FanOut => asker.Told,
            PredictionMethod.Learn or PredictionMethod.FanToLearned => asker.Told || opener.Next,
            PredictionMethod.Ladder => asker.Next || opener.Next,
            _ => asker.Told || opener.Told,
        };
    }

    /// <summary>
    /// What ordinary checks come to: towards such a port none begins, so that the other side's filter is open where anybody may enter only,
    /// and its owner is known from where it is seen to come.
    /// </summary>
    /// <param name="one">One side.</param>
    /// <param name="other">The other.</param>
    /// <param name="between">The forecast of two reports.</param>
    public static IReadOnlyList<ForecastPath> Unopened(KeptClear one, KeptClear other, Func<NatReport, NatReport, IReadOnlyList<ForecastPath>> between)
    {
        var isSilent = one.Told && other.Told; // neither side begins
        return between(Seen(one, Known(one, other.Told)), Seen(other, Known(other, one.Told)));

        NatReport Known(KeptClear side, bool isOtherTold) =>
            isOtherTold && (isSilent || side.Report.Filtering != NatDependence.EndpointIndependent) ? side.Report with { Filtering = NatDependence.AddressAndPortDependent } : side.Report;

        static NatReport Seen(KeptClear side, NatReport report) =>
            side.Told && report.Mapping == NatDependence.EndpointIndependent ? report with { Mapping = NatDependence.AddressDependent } : report;
    }

    private static IReadOnlyList<KeptClear> OfBlocks(NatRules nat, PortAssignment ports, NatReport truth)
    {
        var (lowest, beyond) = ((ports.First + ports.BlockSize - 1) / ports.BlockSize, (ports.Last + 1) / ports.BlockSize);
        return
        [
            .. Enumerable.Range(lowest, beyond - lowest).Select(number => number * ports.BlockSize)
                .GroupBy(first => Low(first, first + ports.BlockSize - 1)) // those that lie on the same side of the border are alike
                .SelectMany(alike => Drawn(nat, alike.Count() / (double)(beyond - lowest), truth with { Ports = truth.Ports with { BlockStart = alike.First() } }, alike.Key)),
        ];
    }

    private static IEnumerable<KeptClear> Drawn(NatRules nat, double share, NatReport report, double low) => Math.Pow(low, SeenAt(nat).Count()) is var told && told is 0 or 1
        ? [new(share, report, told == 1, false)]
        : [new(share * told, report, true, false), new(share * (1 - told), report, false, false)];

    /// <summary>Wherever it stands when the call begins.</summary>
    private static IReadOnlyList<KeptClear> OfCounter(NatRules nat, NatReport truth)
    {
        var (ports, size) = (nat.Ports, nat.Ports.Last - nat.Ports.First + 1);
        return
        [
            .. Enumerable.Range(0, size).CountBy(start => (
                    Told: SeenAt(nat).Index().All(seen => IsLow(start, seen.Index, seen.Item)),
                    Next: Rounds.Index().All(round => IsLow(start, Sockets.Length + (round.Index * MappingsOfRound), round.Item))))
                .Select(alike => new KeptClear(alike.Value / (double)size, truth, alike.Key.Told, alike.Key.Next)),
        ];

        bool IsLow(int start, int own, double seconds) =>
            ports.First + (int)((((start + ((long)ports.Step * (own + (int)(nat.CrossTraffic * seconds)))) % size) + size) % size) < FirstWelcome;
    }

    /// <summary>Where the relay, which is at the server's address, has a mapping of its own, else that one lives by what passes there.</summary>
    private static IEnumerable<double> SeenAt(NatRules nat) => nat.Mapping == NatDependence.AddressAndPortDependent && Lifetime(nat.Expiry) < Keepalive ? Sockets.Append(Keepalive) : Sockets;

    /// <summary>Of what a server has answered: where answers refresh nothing, as of what nobody has.</summary>
    private static double Lifetime(MappingExpiry expiry) => Math.Min(
        expiry is { Refreshing: Refreshing.Both, UdpStreamAfter: 0 } ? expiry.UdpStream : expiry.UdpNew, expiry.AtMost > 0 ? expiry.AtMost : double.MaxValue);

    private static double Low(int first, int last) => Math.Clamp((FirstWelcome - first) / (double)(last - first + 1), 0, 1);
}

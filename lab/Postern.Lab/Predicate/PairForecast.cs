using Postern.Lab.Boxes;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Predicate.Rehearsals;
using Postern.Lab.Simulator;
using Postern.Protocol.Nat;
using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Lab.Predicate;

/// <summary>What can be between two boxes: the forecast that peers make of their measurements, from descriptions.</summary>
public static class PairForecast
{
    /// <summary>An opener passes two routers of its own side, lest it reach the other side's before that has opened anything.</summary>
    private const int MostBoxesOfAnOpener = 2;

    /// <summary>How often at least samples of what a NAT draws from lie so close together that a plan is tried which is not worth it. As measured with a block of 2048, once or twice in a hundred.</summary>
    private const double MisleadingSamples = 0.02;

    private const double NearWorth = 3; // times as many or as few ports as there are: beyond that no samples mislead

    private const int LinksOfFirstPackets = 4; // both sides' out and in

    private const double HardlyWorth = PredictionPlanner.Worth / 2; // in half of the range it would be worth it

    /// <summary>What can be between these boxes, whoever measures them.</summary>
    public static IReadOnlyList<ForecastPath> Of(PairOptions pair) => Occasion.Is(pair) ? RehearsedForecast.Of(pair, ProbeLimits.Of(Held(pair)), ByRule(pair)) : ByRule(pair);

    /// <summary>The same, where boxes have time for a call.</summary>
    private static IReadOnlyList<ForecastPath> ByRule(PairOptions pair)
    {
        var relation = !pair.ShareOutermost ? NetworkRelation.Apart
            : IsOpenInside(pair.One) || IsOpenInside(pair.Other) ? NetworkRelation.SameNetwork
            : NetworkRelation.SameNat;
        var v4 = Between("192.168.1.10:5000", "198.51.100.1:5000", "192.168.2.10:5000", pair.ShareOutermost ? "198.51.100.1:6000" : "198.51.100.2:5000");
        if (!WayOut.ReachesServer(pair.One, pair.ServerPort) || !WayOut.ReachesServer(pair.Other, pair.ServerPort))
        {
            return [.. v4.Select(path => path with { Odds = 0 })]; // nobody logs in
        }

        return pair.HasIpv6 ? [.. v4, .. Between("[2001:db8:1:1::10]:5000", "[2001:db8:1:1::10]:5000", "[2001:db8:1:2::10]:5000", "[2001:db8:1:2::10]:5000")] : v4;

        IReadOnlyList<ForecastPath> Between(string here, string seenHere, string there, string seenThere)
        {
            var roundTrip = 2 * (pair.ToMiddle + pair.ServerToMiddle).TotalMilliseconds; // what goes by while a counter is told
            var one = BoxTruth.Of(pair.One, Endpoint.Parse(here), Endpoint.Parse(seenHere), pair.ServerPort) with { RoundTripMilliseconds = roundTrip };
            var other = BoxTruth.Of(pair.Other, Endpoint.Parse(there), Endpoint.Parse(seenThere), pair.ServerPort) with { RoundTripMilliseconds = roundTrip };
            var ones = KeptClear.Of(BoxTruth.DecidingOnPorts(pair.One), one);
            var others = KeptClear.Of(BoxTruth.DecidingOnPorts(pair.Other), other);
            return ones.Count == 1 && others.Count == 1 ? Knowing(pair, relation, ones[0], others[0])
                : Mixed([.. ones.SelectMany(_ => others, (mine, theirs) => (mine.Share * theirs.Share, Knowing(pair, relation, mine, theirs)))]);
        }
    }

    /// <summary>The same, where it is known which ports the NATs give out.</summary>
    private static IReadOnlyList<ForecastPath> Knowing(PairOptions pair, NetworkRelation relation, KeptClear mine, KeptClear theirs)
    {
        var (one, other) = (mine.Report, theirs.Report);
        var limits = ProbeLimits.Of(Held(pair));
        var (ones, others) = (new PredictionSide(one.AsMeasured(), limits, IsCaller: true), new PredictionSide(other.AsMeasured(), limits, IsCaller: false));
        var plan = PredictionPlanner.Plan(ones, others);
        var methods = MethodsOf(pair, plan);
        var paths = Forecast.Between(one, other, relation, Held(pair), methods);
        var punched = mine.Told || theirs.Told ? KeptClear.Unopened(mine, theirs, (here, there) => Forecast.Between(here, there, relation, Held(pair), methods)) : null;
        var (ofPlan, ofRelay) = methods.Contains(ForecastMethod.Predict) && plan.Method != PredictionMethod.None
            ? AlarmedCalls.Left(pair, posts => GuardedPlan.Left(pair, ones, others, plan, posts))
            : (1, 1);
        return [.. paths.Select(path => path with { Odds = path.Kind == ForecastKind.Relayed ? path.Odds * ofRelay : Odds(path) * SparedByLoss(pair) })];

        double Odds(ForecastPath path) => path.Kind switch
        {
            ForecastKind.Punched => punched?.First(other => other.Kind == path.Kind).Odds ?? path.Odds,
            ForecastKind.Predicted when methods.Contains(ForecastMethod.Predict) => KeptClear.Bars(plan, mine, theirs) ? 0
                : OverMeasurements(pair, one, other, limits, plan, path.Odds) * ofPlan,
            _ => path.Odds,
        };
    }

    /// <summary>The paths where they are likeliest, with odds that are the mean over all that may be.</summary>
    private static IReadOnlyList<ForecastPath> Mixed(IReadOnlyList<(double Share, IReadOnlyList<ForecastPath> Paths)> all) =>
        OddsScale.To(all.Sum(some => some.Share * Forecast.OddsOfDirect(some.Paths)), all.MaxBy(some => Forecast.OddsOfDirect(some.Paths)).Paths);

    /// <summary>The odds of a plan are means over what samples may show, as peers try what these have them try.</summary>
    private static double OverMeasurements(PairOptions pair, NatReport one, NatReport other, ProbeLimits limits, PredictionPlan plan, double odds)
    {
        var shown = HowOftenTried(one, other, limits, plan) is var tried and < 1 ? (plan.Method == PredictionMethod.None ? Between(one, other).Odds : odds) * tried : odds;
        var sets = Shown.Hidden(BoxTruth.DecidingOnPorts(pair.One), one).Zip(Shuffled(Shown.Hidden(BoxTruth.DecidingOnPorts(pair.Other), other)));
        return sets.CountBy(set => set).Sum(set => set.Value * (set.Key is (null, null) ? shown : Hidden(set.Key.First, set.Key.Second))) / Shown.Sets;

        double Hidden(NatReport? ofOne, NatReport? ofOther) =>
            new[] { ofOne, ofOther }.Any(report => report is not null && PortClasses.Of(report) == PortClass.Stays) // what looks as if it stayed is met by no plan
            || Between((ofOne ?? one).AsMeasured(), (ofOther ?? other).AsMeasured()).Method == PredictionMethod.None ? 1.0 / ushort.MaxValue // what is tried in its place may happen to do
            : Between(ofOne ?? one, ofOther ?? other).Odds;

        PredictionPlan Between(NatReport one, NatReport other) => PredictionPlanner.Plan(new(one, limits, IsCaller: true), new(other, limits, IsCaller: false));
    }

    /// <summary>Two that are alike are measured each by itself.</summary>
    private static IEnumerable<NatReport?> Shuffled(NatReport?[] sets) => sets.Select((_, set) => sets[(set + (Shown.Sets / 3)) % Shown.Sets]);

    private static double HowOftenTried(NatReport one, NatReport other, ProbeLimits limits, PredictionPlan plan)
    {
        var tried = plan.Odds is > PredictionPlanner.Worth / NearWorth and < PredictionPlanner.Worth * NearWorth
            ? Shown.Of(one).Zip(Shown.Of(other)).Count(shown => PredictionPlanner.Plan(new(shown.First, limits, IsCaller: true), new(shown.Second, limits, IsCaller: false)).Method != PredictionMethod.None) / (double)Shown.Sets
            : plan.Method == PredictionMethod.None ? 0 : 1;
        return plan is { Method: PredictionMethod.None, Odds: >= HardlyWorth } ? Math.Max(tried, MisleadingSamples) : tried;
    }

    /// <summary>Nothing is predicted of a NAT that nobody has measured, nor where an opener would die before the last of our boxes.</summary>
    private static IReadOnlySet<ForecastMethod> MethodsOf(PairOptions pair, PredictionPlan plan)
    {
        var methods = ForecastMethods.Between(WayOut.ReachesServer(pair.One, pair.ServerPort) && WayOut.ReachesServer(pair.Other, pair.ServerPort));
        var isShort = plan.Method is PredictionMethod.Learn or PredictionMethod.Ladder or PredictionMethod.FanOut or PredictionMethod.FanToLearned
            && BoxesOf(plan.Opens ? pair.One : pair.Other) > MostBoxesOfAnOpener;
        return pair.Measures && !isShort ? methods : methods.Where(method => method != ForecastMethod.Predict).ToHashSet();
    }

    private static ProbeMode Held(PairOptions pair) => ProbeModes.Between(pair.Probe, pair.OtherProbe ?? pair.Probe);

    /// <summary>Where a box shuts out who comes early, a call hangs on an opener that is not lost on the way; so it may be with either side's first packets.</summary>
    private static double SparedByLoss(PairOptions pair) =>
        BoxCatalogue.Boxes(pair.One).Concat(BoxCatalogue.Boxes(pair.Other)).Any(box => BoxCatalogue.Nat(box)?.EarlyInbound == EarlyInbound.ShutsOut)
            ? Math.Max(0, 1 - (LinksOfFirstPackets * pair.Link.Loss)) : 1;

    /// <summary>Within the shared box nothing stands before this side, or only what neither translates nor filters: its own address is reached there.</summary>
    private static bool IsOpenInside(BoxDescription row) =>
        BoxCatalogue.Boxes(row).SkipLast(1).All(box => box.Firewall is null && BoxCatalogue.Nat(box) is null or { Translates: false, Filtering: NatDependence.EndpointIndependent });

    private static int BoxesOf(BoxDescription description) => BoxCatalogue.Boxes(description).Count;
}

using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Protocol.Nat;

/// <summary>Which paths two sides can have, from their reports alone: a pure function, so that both sides come to the same end.</summary>
public static class Forecast
{
    /// <summary>Odds below which a path is luck, and nobody counts on it: such paths stand after those that can be.</summary>
    public const double Worth = 0.01;

    private const double Certain = 0.999; // nothing that was measured a while ago is more certain
    private const double PortsOfLearning = 3.7; // that begin a circle, as measured: three rounds, and answers to them
    private const double NewCircles = 0.85; // of the ports that are found, as measured: others are where a circle led already
    private const double ChecksGoOn = 25; // seconds: what a NAT forgets within these is drawn anew while a call tries to go directly
    private const double SharedNetwork = 0.8; // one outer address may also be a carrier's, with many homes behind it
    private const double UnknownHairpin = 0.5;

    /// <summary>The paths from best to last resort, then those that cannot be (odds 0, or pure luck), each with its reason.</summary>
    /// <param name="here">Of "this side" in the sentences.</param>
    /// <param name="there">Of "the other side".</param>
    /// <param name="relation">Whether both share a network, where that is known from elsewhere.</param>
    /// <param name="probe">How much both may probe.</param>
    /// <param name="methods">What both agents can do: a path by another method is named and not expected. Null for what this version has anywhere.</param>
    public static IReadOnlyList<ForecastPath> Between(
        NatReport here, NatReport there, NetworkRelation relation = NetworkRelation.Unknown, ProbeMode probe = ProbeMode.Polite, IReadOnlySet<ForecastMethod>? methods = null)
    {
        methods ??= ForecastMethods.Built;
        ForecastPath[] paths = [.. Possible(here, there, relation, probe, methods.Contains(ForecastMethod.Predict)).Select(path => methods.Contains(path.Method) ? path : Without(path))];
        return
        [
            .. paths.Where(path => path.Odds >= Worth),
            .. paths.Where(path => path.Odds < Worth),
            .. OddsOfDirect(paths) >= Certain ? [] : NotBuilt(here, there, relation),
        ];
    }

    /// <summary>The odds that any path comes to be that does not lead over a relay.</summary>
    public static double OddsOfDirect(IReadOnlyList<ForecastPath> paths) =>
        1 - paths.Where(path => path.Kind != ForecastKind.Relayed).Aggregate(1.0, (left, path) => left * (1 - path.Odds));

    /// <summary>What this side can expect of the kinds of peers that there are.</summary>
    public static IReadOnlyList<PeerOutlook> AgainstTypicalPeers(NatReport here, IReadOnlySet<ForecastMethod>? methods = null) =>
        [.. TypicalPeer.Of(here.Family).Select(peer => new PeerOutlook(peer, Between(here, peer.Report, methods: methods)))];

    /// <summary>What two agents with all methods could have.</summary>
    private static IEnumerable<ForecastPath> Possible(NatReport here, NatReport there, NetworkRelation relation, ProbeMode probe, bool predicts)
    {
        if (relation == NetworkRelation.SameNetwork)
        {
            return [Local(Certain)];
        }

        if (!IsUsable(here) || !IsUsable(there))
        {
            var udp = Path(ForecastKind.Relayed, 0, ForecastMethod.Relay, IsUsable(here) ? "udp-blocked-there" : "udp-blocked-here");
            return [udp, Path(ForecastKind.Relayed, Certain, ForecastMethod.RelayOverTcp, "relay-over-https")];
        }

        var relayed = Path(ForecastKind.Relayed, Certain, ForecastMethod.Relay, "relay-always");
        if (here.Family != there.Family)
        {
            return [relayed, Path(ForecastKind.Punched, 0, ForecastMethod.Punch, "families-differ")];
        }

        if (here.UdpLimited || there.UdpLimited)
        {
            return [relayed, Path(ForecastKind.Punched, 0, ForecastMethod.Punch, here.UdpLimited ? "udp-limited-here" : "udp-limited-there")];
        }

        if (Shares(here, there, relation))
        {
            return [.. relation == NetworkRelation.SameNat ? [] : new[] { Local(SharedNetwork) }, Hairpinned(here, there), relayed];
        }

        var plan = Plan(here, there, probe);
        double? drawn = Draws(here, there) ? Certain * PunchDraws.Odds(here, there, plan.Method == PredictionMethod.Lottery) : null;
        plan = drawn is { } luck && RunInACircle(here, there) && plan.Method != PredictionMethod.None ? plan with { Odds = Circling(plan, luck, Math.Max(AddressPool.Of(here).Count, AddressPool.Of(there).Count)) } : plan;
        var punched = Punched(here, there, drawn);
        var beside = predicts ? LuckBeside(plan, drawn ?? 0, here, there) : drawn ?? 0;
        return
        [
            Call(here, there),
            punched with { Odds = Math.Max(punched.Odds, beside) },
            .. Predicted(here, there, plan),
            relayed,
        ];
    }

    /// <summary>
    /// What ordinary checks may find beside a plan: where they take part in no new draw, as a pool's port stays, or its address is drawn
    /// once for all ports, both hang on the same draws, and only where luck has more it adds to the plan.
    /// </summary>
    private static double LuckBeside(PredictionPlan plan, double drawn, NatReport here, NatReport there) =>
        plan.Method == PredictionMethod.Pool ? 0
            : plan.Method != PredictionMethod.None && (PortClasses.DrawsOnce(here) || PortClasses.DrawsOnce(there)) ? Math.Max(0, 1 - ((1 - drawn) / (1 - plan.Odds)))
            : drawn;

    private static bool RunInACircle(NatReport here, NatReport there) =>
        here.Mapping != NatDependence.EndpointIndependent && there.Mapping != NatDependence.EndpointIndependent && PunchOutlook.RunInACircle(here.Filtering, there.Filtering);

    /// <summary>
    /// Where checks run in a circle each port that is found for a plan begins another one, in which an address may be drawn that was
    /// asked. But two or three targets that get the same address by chance look like a mapping by address, for which nothing is planned
    /// then: as measured, once in six times with two addresses, once in thirty with four.
    /// </summary>
    private static double Circling(PredictionPlan plan, double luck, int addresses)
    {
        var found = plan.Method == PredictionMethod.Learn ? PortsOfLearning : Math.Max(plan.Ports, plan.PeerPorts) * plan.OddsPerPort * addresses;
        var needed = addresses == 1 ? 1 : 1 - Math.Pow(addresses, -2.5);
        return needed * Math.Max(plan.Odds, Certain * (1 - Math.Exp(-found * luck * NewCircles)));
    }

    private static ForecastPath Without(ForecastPath path) =>
        path.Odds == 0 ? path : path with { Odds = 0, Reason = ForecastReasons.Of(path.Method == ForecastMethod.RelayOverTcp ? "relay-over-https-not-offered" : "method-not-there") };

    private static bool Shares(NatReport here, NatReport there, NetworkRelation relation) => relation switch
    {
        NetworkRelation.Unknown => here.IsTranslated && there.IsTranslated && AddressPool.Meet(here, there),
        _ => relation == NetworkRelation.SameNat,
    };

    /// <summary>What a later version may try where nothing direct is certain: named, so that nobody takes the list for all there is.</summary>
    private static IEnumerable<ForecastPath> NotBuilt(NatReport here, NatReport there, NetworkRelation relation)
    {
        if (here.Family != there.Family)
        {
            yield break;
        }

        NatReport[] both = [here, there];
        if (!Shares(here, there, relation) && both.Any(report => report.IsTranslated) && both.All(report => IsUsable(report) && !report.UdpLimited))
        {
            yield return Path(ForecastKind.Mapped, 0, ForecastMethod.PortMapping, "mapping-not-built");
        }

        yield return Path(ForecastKind.Tcp, 0, ForecastMethod.PunchOverTcp, "tcp-not-built");
    }

    /// <summary>Where ports move: the plan that both will draw when this side calls; with its reason where nothing will be tried.</summary>
    private static IEnumerable<ForecastPath> Predicted(NatReport here, NatReport there, PredictionPlan plan) =>
        PortClasses.Of(here) is PortClass.Unknown or PortClass.Stays && PortClasses.Of(there) is PortClass.Unknown or PortClass.Stays ? []
            : [Path(ForecastKind.Predicted, plan.Method == PredictionMethod.None && !IsLeftToSamples(here, there) ? 0 : plan.Odds, ForecastMethod.Predict, plan.Reason)];

    /// <summary>Where there are more addresses than samples will show, it depends on these whether anything is tried.</summary>
    private static bool IsLeftToSamples(NatReport here, NatReport there) =>
        new[] { AddressPool.Of(here), AddressPool.Of(there) }.Any(pool => pool.Known.Count <= 1 && pool.Count > AddressPool.Most);

    /// <summary>What peers try goes by what they have measured, and what comes of it by all that is known.</summary>
    private static PredictionPlan Plan(NatReport here, NatReport there, ProbeMode probe)
    {
        var (measuredHere, measuredThere) = (here.AsMeasured(), there.AsMeasured());
        var tried = Between(measuredHere, measuredThere);
        var isAllKnown = ReferenceEquals(measuredHere, here) && ReferenceEquals(measuredThere, there);
        return isAllKnown ? tried : Between(here, there) with { Method = tried.Method, Reason = tried.Reason };

        PredictionPlan Between(NatReport here, NatReport there) =>
            PredictionPlanner.Plan(new(here, ProbeLimits.Of(probe), IsCaller: true), new(there, ProbeLimits.Of(probe), IsCaller: false));
    }

    private static bool IsUsable(NatReport report) => report.Mapped != Endpoint.None && !report.UdpBlocked;

    private static ForecastPath Local(double odds) => Path(ForecastKind.Host, odds, ForecastMethod.LocalNetwork, "same-network");

    private static ForecastPath Hairpinned(NatReport here, NatReport there)
    {
        var punched = Punched(here, there);
        var hairpin = here.Hairpin == NatHairpin.Unknown ? there.Hairpin : here.Hairpin;
        var odds = hairpin switch { NatHairpin.Unknown => UnknownHairpin, NatHairpin.No => 0, _ => 1.0 };
        return punched.Odds == 0 ? punched
            : new(ForecastKind.Punched, punched.Odds * odds, ForecastMethod.PunchByHairpin, ForecastReasons.Of(odds == 0 ? "no-hairpin" : "hairpin", odds == UnknownHairpin));
    }

    private static ForecastPath Call(NatReport here, NatReport there)
    {
        var (openHere, openThere) = (OpenShare(here), OpenShare(there));
        var odds = Certain * (1 - ((1 - openHere) * (1 - openThere)));
        return Path(
            ForecastKind.Host, odds, ForecastMethod.Call,
            odds == 0 ? "no-public-side" : openThere >= openHere ? "public-there" : "public-here",
            Math.Max(openHere, openThere) is > 0 and < 1);
    }

    // How probable it is that anybody may send to this side.
    private static double OpenShare(NatReport report) =>
        report.IsTranslated ? 0 : NatPriors.Filtering(report).Where(f => f.Behaviour == NatDependence.EndpointIndependent).Sum(f => f.Share);

    /// <param name="here">Of this side.</param>
    /// <param name="there">Of the other.</param>
    /// <param name="drawn">The odds where addresses are drawn; null where none are.</param>
    private static ForecastPath Punched(NatReport here, NatReport there, double? drawn = null)
    {
        var outcomes =
            from mapping in NatPriors.Mapping(here)
            from filtering in NatPriors.Filtering(here)
            from otherMapping in NatPriors.Mapping(there)
            from otherFiltering in NatPriors.Filtering(there)
            let id = PunchOutlook.Of(
                mapping.Behaviour, PunchOutlook.Towards(there, filtering.Behaviour), otherMapping.Behaviour, PunchOutlook.Towards(here, otherFiltering.Behaviour))
            group mapping.Share * filtering.Share * otherMapping.Share * otherFiltering.Share by id into outcome
            select (Id: outcome.Key, Share: outcome.Sum());
        var byShare = outcomes.OrderByDescending(o => o.Share).ToArray();
        var works = byShare.Where(o => IsSuccess(o.Id)).Sum(o => o.Share);
        if (works == 0)
        {
            return new(ForecastKind.Punched, Luck(here, there), ForecastMethod.Punch, ForecastReasons.Of(byShare[0].Id));
        }

        var isCertain = works > 0.9999 && drawn is null;
        var likeliest = byShare.First(o => IsSuccess(o.Id) == works >= 0.5).Id;
        var method = likeliest is "both-mappings-stay" || !IsSuccess(likeliest) ? ForecastMethod.Punch : ForecastMethod.PunchThroughOpenFilter;
        return Path(ForecastKind.Punched, drawn ?? Certain * works, method, likeliest, !isCertain); // an answer from another address is no answer
    }

    /// <summary>That a port which is drawn anew happens to be the one that the other side was told.</summary>
    private static double Luck(NatReport here, NatReport there)
    {
        var drawing = new[] { here, there }.Where(report => report.IsTranslated && report.Mapping != NatDependence.EndpointIndependent).ToArray();
        var isStrict = drawing.Any(report => report.Filtering == NatDependence.AddressAndPortDependent); // then both ends have to be drawn
        return drawing is [var one] ? LuckPerDraw(one)
            : 1 - drawing.Aggregate(1.0, (none, report) => none * (1 - (report.UnansweredLifetime is > 0 and < ChecksGoOn ? LuckPerDraw(report) : DrawnNat.ReusesPorts(report) ? LuckPerDraw(report) * (isStrict ? LuckPerDraw(report) : 1) : 0)));
    }

    private static double LuckPerDraw(NatReport drawing) =>
        drawing.Ports is { Kind: PortRuleKind.Block or PortRuleKind.Random, BlockSize: > 1 and var ports } ? 1.0 / ports
            : drawing.Ports.Kind != PortRuleKind.Unknown && PortClasses.Of(drawing) == PortClass.Moves ? 1.0 / ushort.MaxValue : 0;

    /// <summary>Whether one of several addresses is drawn for each destination, on either side, or a port that may be in use.</summary>
    private static bool Draws(NatReport here, NatReport there) => new[] { here, there }.Any(report => AddressPool.Of(report).Count > 1 || DrawnNat.ReusesPorts(report));

    private static bool IsSuccess(string id) => !id.StartsWith("no-", StringComparison.Ordinal);

    private static ForecastPath Path(ForecastKind kind, double odds, ForecastMethod method, string reason, bool isProbable = false) =>
        new(kind, odds, method, ForecastReasons.Of(reason, isProbable));
}

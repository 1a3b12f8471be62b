using Postern.Protocol.Nat;
using Postern.Protocol.Probing;

namespace Postern.Protocol.Prediction;

/// <summary>The cheapest way to a direct path where ports move, from both reports and both budgets: a pure function, equal on both sides but for the roles.</summary>
public static class PredictionPlanner
{
    /// <summary>Below these odds nothing is tried: it would cost a network more than it is worth.</summary>
    public const double Worth = 0.1;

    /// <summary>That ports are learnt and told in the rounds that there are, whatever gets lost: nothing that waits for this is surer.</summary>
    internal const double Learning = 0.995;

    /// <summary>How often a port is learnt anew where something was lost.</summary>
    public const int LearningRounds = 3;

    /// <summary>How often a ladder is set up.</summary>
    public const int LadderRounds = 4;

    /// <summary>Of one round of learning: the punch and a question on either side.</summary>
    public const int LearningMappings = 3;

    private const int LearningPorts = 3; // of a round: one, and two more where other hosts came in between
    private const int Reserved = 16; // mappings for ordinary checks and samples
    private const int Told = 1; // port that a server saw is checked anyway
    private const int SmallRange = 4096;
    private const double AskingTime = 21; // seconds for asking: what a plan has, less the way to it
    private const double ToldAndAsked = 1.5; // round trips: a hole is told by way of the server, and the question goes straight
    private const double Straight = 0.5; // round trips: a question

    /// <param name="own">This side.</param>
    /// <param name="peer">The other.</param>
    /// <param name="fresh">What a counter that both have heard of has just shown; null for what its report says.</param>
    public static PredictionPlan Plan(PredictionSide own, PredictionSide peer, CrossTraffic? fresh = null)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(peer);
        return Impossible(own, peer) ?? MetFromAnyPort(own, peer) ?? ((own.Class, peer.Class) switch
        {
            (PortClass.Stays or PortClass.Roams, PortClass.Counts) => Learn(own, peer, opens: false),
            (PortClass.Counts, PortClass.Stays or PortClass.Roams) => Learn(own, peer, opens: true),
            (PortClass.Counts, PortClass.Counts) => Ladder(own, peer, fresh),
            (PortClass.Stays or PortClass.Roams, PortClass.Draws) => FanOut(peer, own, opens: false),
            (PortClass.Draws, PortClass.Stays or PortClass.Roams) => FanOut(own, peer, opens: true),
            (PortClass.Counts, PortClass.Draws) => FanToLearned(peer, own, opens: true),
            (PortClass.Draws, PortClass.Counts) => FanToLearned(own, peer, opens: false),
            (PortClass.Draws, PortClass.Draws) => Lottery(own, peer),
            _ => None("ports-move-by-no-rule"),
        });
    }

    /// <summary>
    /// Towards a peer that is no Postern and says nothing of its NAT: as if its ports stay and its filter is strict, with no more
    /// ports than a standard agent is made to ask.
    /// </summary>
    /// <param name="own">This side.</param>
    /// <param name="candidates">How many more candidates the peer may be told.</param>
    public static PredictionPlan PlanForeign(PredictionSide own, int candidates)
    {
        ArgumentNullException.ThrowIfNull(own);
        var unknown = new NatReport { Family = IpFamily.V4, Filtering = NatDependence.AddressAndPortDependent };
        var peer = new PredictionSide(unknown, own.Limits with { PerTarget = Math.Max(1, candidates / own.Addresses.Asked) }, !own.IsCaller);
        return own.Class switch
        {
            PortClass.Counts => Learn(own, peer, opens: true),
            PortClass.Draws => FanOut(own, peer, opens: true),
            PortClass.Roams => Pool(own, peer),
            _ => None("nat-unmeasured"),
        };
    }

    private static PredictionPlan? Impossible(PredictionSide own, PredictionSide peer) => (own.Report, peer.Report) switch
    {
        (null, _) or (_, null) => None("nat-unmeasured"),
        ({ UdpBlocked: true }, _) or (_, { UdpBlocked: true }) => None("udp-blocked"),
        ({ UdpLimited: true }, _) or (_, { UdpLimited: true }) => None("udp-limited"),
        ({ } here, { } there) when here.Family != there.Family => None("families-differ"),
        ({ IsTranslated: true } here, { IsTranslated: true } there) when AddressPool.Meet(here, there) => None("same-router"),
        _ when own.Class == PortClass.Unknown || peer.Class == PortClass.Unknown => None("nat-unmeasured"),
        _ when !Moves(own) && !Moves(peer) => None("both-ports-stay"),
        ({ } here, { } there) when LetsPunchIn(here, there) => None("filter-lets-port-in"),
        _ when IsPool(own, peer) || IsPool(peer, own) => Pool(own, peer),
        _ => null,
    };

    private static bool Moves(PredictionSide side) => side.Class is not (PortClass.Unknown or PortClass.Stays);

    /// <summary>Only the other side's address has to be found: its port stays, or our filter looks at addresses alone.</summary>
    private static bool IsPool(PredictionSide own, PredictionSide peer) =>
        (own.Class, peer.Class) is (PortClass.Stays or PortClass.Roams, PortClass.Roams)
        || (own.Class == PortClass.Stays && peer.Addresses.Count > 1 && Known(own.Report!.Filtering) == NatDependence.AddressDependent);

    /// <summary>Both sides' ports move, but one has to be found only: it is found as if the other's stayed. Null where neither is such a one.</summary>
    private static PredictionPlan? MetFromAnyPort(PredictionSide own, PredictionSide peer)
    {
        var (here, there) = (IsMetFromAnyPort(own, peer), IsMetFromAnyPort(peer, own));
        return here && (!there || IsMetSooner(own, peer)) ? Meeting(own, peer, opens: true)
            : there ? Meeting(peer, own, opens: false)
            : null;
    }

    /// <summary>As far as either side knows, which is what was measured.</summary>
    private static bool IsMetSooner(PredictionSide own, PredictionSide peer)
    {
        (own, peer) = (own with { Report = own.Report!.AsMeasured() }, peer with { Report = peer.Report!.AsMeasured() });
        var (here, there) = (Meeting(own, peer, opens: true).Odds, Meeting(peer, own, opens: false).Odds);
        return here > there || (here == there && own.IsCaller);
    }

    private static PredictionPlan Meeting(PredictionSide met, PredictionSide other, bool opens) =>
        met.Class != PortClass.Counts ? FanOut(met, other, opens)
        : opens ? Learn(met, other, opens)
        : Learn(other, met, opens);

    /// <summary>The filter lets in whatever comes from an address, and the port goes by the address, so that answers leave from where the question arrived.</summary>
    private static bool IsMetFromAnyPort(PredictionSide side, PredictionSide other) =>
        side is { Class: PortClass.Counts or PortClass.Draws, Report: { Mapping: NatDependence.AddressDependent } report } && other is { Class: PortClass.Counts or PortClass.Draws or PortClass.Moves }
        && Known(report.Filtering) != NatDependence.AddressAndPortDependent;

    /// <summary>The ordinary checks will do: a filter that was not measured is taken for a strict one.</summary>
    private static bool LetsPunchIn(NatReport here, NatReport there) =>
        !PunchOutlook.Of(here.Mapping, PunchOutlook.Towards(there, Known(here.Filtering)), there.Mapping, PunchOutlook.Towards(here, Known(there.Filtering)))
            .StartsWith("no-", StringComparison.Ordinal);

    private static NatDependence Known(NatDependence filtering) => filtering switch
    {
        NatDependence.Unknown or NatDependence.Dependent => NatDependence.AddressAndPortDependent,
        NatDependence.NotPortDependent => NatDependence.AddressDependent,
        _ => filtering,
    };

    /// <summary>Each asks the other's addresses where these move. Where both do, an address meets if both ends were drawn for each other.</summary>
    private static PredictionPlan Pool(PredictionSide own, PredictionSide peer)
    {
        var (here, there) = (own.Addresses, peer.Addresses);
        var odds = Learning * (here.Count == 1 ? there.Share : there.Count == 1 ? here.Share : PredictionMath.BothRoam(here, there));
        return Weighed(odds, "addresses-drawn-from-too-many", new()
        {
            Method = PredictionMethod.Pool,
            Opens = there.Count == 1 || (here.Count > 1 && own.IsCaller),
            Odds = odds,
            OddsPerPort = 1.0 / (here.Count * there.Count),
            Ports = there.Asked,
            PeerPorts = here.Asked,
            Mappings = OfAsking(own, there.Asked),
            Reason = "addresses-drawn",
        });
    }

    /// <summary>Each round draws addresses anew: the counting side's, all of which are asked, and the other's, one of which is opened towards.</summary>
    private static PredictionPlan Learn(PredictionSide own, PredictionSide peer, bool opens)
    {
        var (counting, staying) = opens ? (own, peer) : (peer, own);
        var asked = Math.Min(staying.Limits.PerTarget, LearningRounds * LearningPorts) * counting.Addresses.Asked;
        var odds = Learning * (PortClasses.DrawsOnce(staying.Report)
            ? PredictionMath.OverDraws(counting.Addresses.Count, staying.Addresses.One, share => Rounds(counting.Addresses.Share * share))
            : Rounds(counting.Addresses.Share * staying.Addresses.One));
        return Weighed(odds, "ports-on-too-many-addresses", new()
        {
            Method = PredictionMethod.Learn,
            Opens = opens,
            Odds = odds,
            OddsPerPort = Learning / (counting.Addresses.Count * staying.Addresses.Count),
            Ports = opens ? 1 : asked,
            PeerPorts = opens ? asked : 1,
            Mappings = opens ? LearningRounds * LearningMappings : OfAsking(own, asked),
            Reason = "ports-counted",
        });
    }

    private static double Rounds(double each) => 1 - Math.Pow(1 - each, LearningRounds);

    /// <param name="fresh">What the counter of the one who climbs shows now; who that is has been settled before, by the reports.</param>
    private static PredictionPlan Ladder(PredictionSide own, PredictionSide peer, CrossTraffic? fresh)
    {
        var roles = LadderRoles.Between(own, peer);
        roles = fresh is { } traffic ? roles.With(traffic) : roles;
        var (shape, opens) = (roles.Shape, roles.Opener.IsCaller == own.IsCaller);
        return Weighed(roles.Value, roles.Addresses == 1 ? "counter-too-busy" : "ports-on-too-many-addresses", new()
        {
            Method = PredictionMethod.Ladder,
            Opens = opens,
            Odds = roles.Odds,
            OddsPerPort = roles.OddsOfRound / shape.Guesses,
            Ports = Math.Min(own.Limits.PerTarget, LadderRounds * (opens ? shape.Rungs : shape.Guesses)),
            PeerPorts = Math.Min(peer.Limits.PerTarget, LadderRounds * (opens ? shape.Guesses : shape.Rungs)),
            Mappings = Math.Min(own.Limits.Mappings, LadderRounds * (opens ? shape.OpeningMappings : shape.ClimbingMappings)),
            Reason = "both-ports-counted",
        });
    }

    /// <summary>Holes lie anywhere among the ports of all addresses; each port number is asked at all of them, as a guard that counts ports by the sender sees one.</summary>
    private static PredictionPlan FanOut(PredictionSide drawing, PredictionSide staying, bool opens)
    {
        var (range, pool) = (drawing.Report!.Ports.BlockSize, drawing.Addresses);
        var sockets = Sockets(drawing);
        var asked = Math.Min(Math.Min(Math.Min(staying.Limits.PerTarget, Welcome(drawing)), range - (sockets / pool.Count)) * pool.Asked, Askable(staying, OpenFor(drawing, staying, ToldAndAsked)));
        var space = Space(drawing, staying.Addresses.Count);
        var odds = PortClasses.DrawsOnce(staying.Report)
            ? PredictionMath.OverDraws(pool.Count, staying.Addresses.One, share => PredictionMath.Meets(Space(drawing), sockets, (int)(asked * share)))
            : PredictionMath.Meets(space, sockets, asked);
        odds += (1 - odds) * AnsweredWhereAsked(drawing, staying, sockets, asked);
        return Weighed(odds, Among(drawing, staying), new()
        {
            Method = PredictionMethod.FanOut,
            Opens = opens,
            Odds = Math.Min(Learning, odds),
            OddsPerPort = (double)sockets / space,
            Ports = opens ? 1 : asked,
            PeerPorts = opens ? asked : 1,
            Mappings = opens ? sockets : OfAsking(staying, asked),
            Reason = "ports-drawn-from-range",
        });
    }

    /// <summary>
    /// A question from another address than a hole was made for enters where anybody may, and is answered from a port that is drawn
    /// anew: that is met where it is one of those that were asked, from the same port.
    /// </summary>
    private static double AnsweredWhereAsked(PredictionSide drawing, PredictionSide staying, int sockets, int asked)
    {
        var space = Space(drawing) - (drawing.Report!.OverloadsPorts ? 0 : NatProberOptions.UsualSamples);
        var isOnePort = staying is { Class: PortClass.Roams } or { Report.Mapping: NatDependence.AddressDependent };
        return staying.Addresses.Count == 1 || !isOnePort || drawing.Report.Filtering != NatDependence.EndpointIndependent || space <= 0 || asked <= 0 ? 0
            : 1 - Math.Pow(1 - Math.Min(1, (double)asked / space), (double)asked * sockets / space);
    }

    private static PredictionPlan FanToLearned(PredictionSide drawing, PredictionSide counting, bool opens)
    {
        var sockets = Sockets(drawing);
        var each = Learning * (counting.Report!.Mapping == NatDependence.AddressDependent && Known(counting.Report.Filtering) != NatDependence.AddressAndPortDependent
            ? (1 - Math.Pow(1 - drawing.Addresses.One, sockets)) * counting.Addresses.One // any port of the address will do
            : (double)sockets / Space(drawing, counting.Addresses.Count));
        return Weighed(each, Among(drawing, counting), new()
        {
            Method = PredictionMethod.FanToLearned,
            Opens = opens,
            Odds = each,
            OddsPerPort = each,
            Ports = 1,
            PeerPorts = 1,
            Mappings = opens ? LearningRounds * LearningMappings : sockets,
            Reason = "counted-against-drawn",
        });
    }

    private static PredictionPlan Lottery(PredictionSide own, PredictionSide peer)
    {
        var (ownSpace, peerSpace) = (Space(own), Space(peer));
        var mine = Math.Min(Sockets(own), Math.Min(own.Limits.PerTarget - Told, Welcome(peer)) * peer.Addresses.Asked);
        var theirs = Math.Min(Sockets(peer), Math.Min(peer.Limits.PerTarget - Told, Welcome(own)) * own.Addresses.Asked);
        var isKnown = own.Report!.UnansweredLifetime > 0 || peer.Report!.UnansweredLifetime > 0;
        var together = isKnown ? AskingPace.Together(new(own.Limits), mine, OpenFor(own, peer, Straight), new(peer.Limits), theirs, OpenFor(peer, own, Straight)) : 1;
        var odds = IsAnsweredAnywhere(own, peer) ? Learning * PredictionMath.Meets(peerSpace, theirs, mine) * together * mine / peerSpace
            : IsAnsweredAnywhere(peer, own) ? Learning * PredictionMath.Meets(ownSpace, mine, theirs) * together * theirs / ownSpace
            : PredictionMath.BothDraw(ownSpace, peerSpace, mine, theirs, together);
        return Weighed(odds, "both-ports-drawn", new()
        {
            Method = PredictionMethod.Lottery,
            Opens = own.IsCaller,
            Odds = odds,
            OddsPerPort = 1.0 / ((double)ownSpace * peerSpace),
            Ports = mine,
            PeerPorts = theirs,
            Mappings = mine,
            Reason = "both-drawn-from-small-ranges",
        });
    }

    /// <summary>
    /// All that a side asks leaves by one port, and the other's filter lets that in at any of its holes: then the other side asks that
    /// port, and has only to do so from one of the ports that were asked.
    /// </summary>
    private static bool IsAnsweredAnywhere(PredictionSide asking, PredictionSide other) =>
        asking is { Report.Mapping: NatDependence.AddressDependent, Addresses.Count: 1 } && other is { Report.Mapping: not NatDependence.AddressDependent, Addresses.Count: 1 }
        && Known(other.Report.Filtering) != NatDependence.AddressAndPortDependent;

    /// <summary>Ports of a range that anybody may ask.</summary>
    private static int Welcome(PredictionSide drawing) => UnwelcomePorts.LeftOf(drawing.Report!.Ports.BlockStart, drawing.Report.Ports.BlockSize);

    /// <summary>Mappings of the side that only asks: where its NAT maps each destination anew, each port that is asked makes one.</summary>
    private static int OfAsking(PredictionSide asking, int ports) => asking.Class == PortClass.Stays ? 0 : ports;

    /// <summary>A neighbour in the same range needs ports too: at most half of a small one.</summary>
    private static int Sockets(PredictionSide drawing)
    {
        var space = Space(drawing);
        var allowed = Math.Min(drawing.Limits.Mappings - Reserved, drawing.Limits.FlowsOfFan);
        var fits = Math.Min(allowed, drawing.Report!.Ports.BlockSize <= SmallRange ? space / 2 : space);
        return drawing.Report.Room > 0 ? Math.Clamp(drawing.Report.Room - ProbeLimits.FlowsToServer, 1, fits) : fits;
    }

    /// <summary>From how many outer endpoints a mapping is drawn; where the one who asks draws its address too, each question is one of as many.</summary>
    private static int Space(PredictionSide drawing, int others = 1) =>
        (int)Math.Min(int.MaxValue, (long)drawing.Report!.Ports.BlockSize * drawing.Addresses.Count * others);

    /// <summary>What the pace of the budget, and the mappings that asking makes, let a side ask in time, whatever the targets.</summary>
    private static int Askable(PredictionSide asking, double seconds)
    {
        var inTime = new AskingPace(asking.Limits).Within(seconds);
        return asking.Class == PortClass.Stays ? inTime : Math.Clamp(inTime, 0, Math.Max(0, Math.Min(asking.Limits.Mappings, OwnPorts(asking)) - Reserved));
    }

    /// <summary>Of these each question takes one, unless all that go to one address leave by the same.</summary>
    private static int OwnPorts(PredictionSide asking) =>
        asking is { Class: PortClass.Draws, Report.Mapping: not NatDependence.AddressDependent } ? Space(asking) : int.MaxValue;

    /// <summary>For how many seconds of the plan the other side's questions find a side's holes open.</summary>
    /// <param name="opening">Whose holes they are.</param>
    /// <param name="asking">The other side.</param>
    /// <param name="roundTrips">Until the first question arrives.</param>
    private static double OpenFor(PredictionSide opening, PredictionSide asking, double roundTrips) => opening.Report!.UnansweredLifetime is > 0 and var lifetime
        ? Math.Clamp(lifetime - (roundTrips * (opening.Report.RoundTripMilliseconds + asking.Report!.RoundTripMilliseconds) / 2000), 0, AskingTime)
        : AskingTime;

    /// <summary>Why drawn ports are not met: there are too many, or would not be but for the addresses.</summary>
    private static string Among(PredictionSide drawing, PredictionSide other) =>
        drawing.Addresses.Count * other.Addresses.Count == 1 ? "ports-drawn-from-too-many" : "ports-on-too-many-addresses";

    private static PredictionPlan Weighed(double odds, string otherwise, PredictionPlan plan) =>
        odds >= Worth ? plan : plan with { Method = PredictionMethod.None, Reason = otherwise };

    private static PredictionPlan None(string reason) => new() { Method = PredictionMethod.None, Reason = reason };
}

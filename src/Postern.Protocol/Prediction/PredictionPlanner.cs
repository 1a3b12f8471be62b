using Postern.Protocol.Nat;

namespace Postern.Protocol.Prediction;

/// <summary>The cheapest way to a direct path where ports move, from both reports and both budgets: a pure function, equal on both sides but for the roles.</summary>
public static class PredictionPlanner
{
    /// <summary>Below these odds nothing is tried: it would cost a network more than it is worth.</summary>
    public const double Worth = 0.1;

    /// <summary>That enclosed ports are learnt and told in the rounds that there are, whatever gets lost.</summary>
    private const double Learning = 0.995;

    /// <summary>How often a port is learnt anew where something was lost.</summary>
    public const int LearningRounds = 3;

    /// <summary>How often a ladder is set up.</summary>
    public const int LadderRounds = 4;

    /// <summary>Of one round of learning: the punch and a question on either side.</summary>
    public const int LearningMappings = 3;

    private const int LearningPorts = 3; // of a round: one, and two more where other hosts came in between
    private const int Reserved = 16; // mappings for ordinary checks and samples
    private const int SmallRange = 4096;

    /// <param name="own">This side.</param>
    /// <param name="peer">The other.</param>
    /// <param name="fresh">What a counter that both have heard of has just shown; null for what its report says.</param>
    public static PredictionPlan Plan(PredictionSide own, PredictionSide peer, CrossTraffic? fresh = null)
    {
        ArgumentNullException.ThrowIfNull(own);
        ArgumentNullException.ThrowIfNull(peer);
        return Impossible(own, peer) ?? ((own.Class, peer.Class) switch
        {
            (PortClass.Stays, PortClass.Counts) => Learn(own, peer, opens: false),
            (PortClass.Counts, PortClass.Stays) => Learn(own, peer, opens: true),
            (PortClass.Counts, PortClass.Counts) => Ladder(own, peer, fresh),
            (PortClass.Stays, PortClass.Draws) => FanOut(peer, own, opens: false),
            (PortClass.Draws, PortClass.Stays) => FanOut(own, peer, opens: true),
            (PortClass.Counts, PortClass.Draws) => FanToLearned(peer, opens: true),
            (PortClass.Draws, PortClass.Counts) => FanToLearned(own, opens: false),
            (PortClass.Draws, PortClass.Draws) => Lottery(own, peer),
            _ => None("both-ports-stay"),
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
        var peer = new PredictionSide(unknown, own.Limits with { PerTarget = candidates }, !own.IsCaller);
        return own.Class switch
        {
            PortClass.Counts => Learn(own, peer, opens: true),
            PortClass.Draws => FanOut(own, peer, opens: true),
            _ => None("nat-unmeasured"),
        };
    }

    private static PredictionPlan? Impossible(PredictionSide own, PredictionSide peer) => (own.Report, peer.Report) switch
    {
        (null, _) or (_, null) => None("nat-unmeasured"),
        ({ UdpBlocked: true }, _) or (_, { UdpBlocked: true }) => None("udp-blocked"),
        ({ UdpLimited: true }, _) or (_, { UdpLimited: true }) => None("udp-limited"),
        ({ } here, { } there) when here.Family != there.Family => None("families-differ"),
        ({ IsTranslated: true } here, { IsTranslated: true } there) when here.Mapped.Address == there.Mapped.Address => None("same-router"),
        _ when own.Class == PortClass.Unknown || peer.Class == PortClass.Unknown => None("nat-unmeasured"),
        _ when !Moves(own) && !Moves(peer) => None("both-ports-stay"),
        ({ } here, { } there) when LetsPunchIn(here, there) => None("filter-lets-port-in"),
        _ when own.Class == PortClass.Moves || peer.Class == PortClass.Moves => None("ports-move-by-no-rule"),
        _ => null,
    };

    private static bool Moves(PredictionSide side) => side.Class is PortClass.Counts or PortClass.Draws or PortClass.Moves;

    /// <summary>The ordinary checks will do: a filter that was not measured is taken for a strict one.</summary>
    private static bool LetsPunchIn(NatReport here, NatReport there) =>
        !PunchOutlook.Of(here.Mapping, Known(here.Filtering), there.Mapping, Known(there.Filtering)).StartsWith("no-", StringComparison.Ordinal);

    private static NatDependence Known(NatDependence filtering) => filtering switch
    {
        NatDependence.Unknown or NatDependence.Dependent => NatDependence.AddressAndPortDependent,
        NatDependence.NotPortDependent => NatDependence.AddressDependent,
        _ => filtering,
    };

    private static PredictionPlan Learn(PredictionSide own, PredictionSide peer, bool opens) => new()
    {
        Method = PredictionMethod.Learn,
        Opens = opens,
        Odds = Learning,
        OddsPerPort = Learning,
        Ports = opens ? 1 : Math.Min(own.Limits.PerTarget, LearningRounds * LearningPorts),
        PeerPorts = opens ? Math.Min(peer.Limits.PerTarget, LearningRounds * LearningPorts) : 1,
        Mappings = opens ? LearningRounds * LearningMappings : 0,
        Reason = "ports-counted",
    };

    /// <summary>The callee opens: the caller's counter is told with the offer, a way earlier than the callee's could be.</summary>
    private static PredictionPlan Ladder(PredictionSide own, PredictionSide peer, CrossTraffic? fresh)
    {
        var (opener, climber) = own.IsCaller ? (peer, own) : (own, peer);
        var shape = LadderShape.Of(
            (fresh ?? CrossTraffic.Of(climber.Report!.Ports)).Cautious, opener.Limits, climber.Report!.RoundTripMilliseconds, opener.Report!.RoundTripMilliseconds);
        var (climbing, opening) = (shape.ClimbingMappings, shape.OpeningMappings);
        var affords = climbing <= climber.Limits.Mappings && opening <= opener.Limits.Mappings;
        return Weighed(affords ? shape.Odds : 0, "counter-too-busy", new()
        {
            Method = PredictionMethod.Ladder,
            Opens = !own.IsCaller,
            Odds = Math.Min(Learning, shape.Odds),
            OddsPerPort = shape.Odds / shape.Guesses,
            Ports = Math.Min(own.Limits.PerTarget, LadderRounds * (own.IsCaller ? shape.Guesses : shape.Rungs)),
            PeerPorts = Math.Min(peer.Limits.PerTarget, LadderRounds * (own.IsCaller ? shape.Rungs : shape.Guesses)),
            Mappings = Math.Min(own.Limits.Mappings, LadderRounds * (own.IsCaller ? climbing : opening)),
            Reason = "both-ports-counted",
        });
    }

    private static PredictionPlan FanOut(PredictionSide drawing, PredictionSide staying, bool opens)
    {
        var range = drawing.Report!.Ports.BlockSize;
        var sockets = Sockets(drawing);
        var asked = Math.Min(staying.Limits.PerTarget, range - sockets);
        return Weighed(PredictionMath.Meets(range, sockets, asked), "ports-drawn-from-too-many", new()
        {
            Method = PredictionMethod.FanOut,
            Opens = opens,
            Odds = PredictionMath.Meets(range, sockets, asked),
            OddsPerPort = (double)sockets / range,
            Ports = opens ? 1 : asked,
            PeerPorts = opens ? asked : 1,
            Mappings = opens ? sockets : 0,
            Reason = "ports-drawn-from-range",
        });
    }

    private static PredictionPlan FanToLearned(PredictionSide drawing, bool opens)
    {
        var range = drawing.Report!.Ports.BlockSize;
        var sockets = Sockets(drawing);
        return Weighed((double)sockets / range, "ports-drawn-from-too-many", new()
        {
            Method = PredictionMethod.FanToLearned,
            Opens = opens,
            Odds = Learning * sockets / range,
            OddsPerPort = (double)sockets / range,
            Ports = 1,
            PeerPorts = 1,
            Mappings = opens ? LearningRounds * LearningMappings : sockets,
            Reason = "counted-against-drawn",
        });
    }

    private static PredictionPlan Lottery(PredictionSide own, PredictionSide peer)
    {
        var (ownRange, peerRange) = (own.Report!.Ports.BlockSize, peer.Report!.Ports.BlockSize);
        var mine = Math.Min(Math.Min(ownRange / 2, Sockets(own)), own.Limits.PerTarget);
        var theirs = Math.Min(Math.Min(peerRange / 2, Sockets(peer)), peer.Limits.PerTarget);
        return Weighed(PredictionMath.BothDraw(ownRange, peerRange, mine, theirs), "both-ports-drawn", new()
        {
            Method = PredictionMethod.Lottery,
            Opens = own.IsCaller,
            Odds = PredictionMath.BothDraw(ownRange, peerRange, mine, theirs),
            OddsPerPort = 1.0 / ((double)ownRange * peerRange),
            Ports = mine,
            PeerPorts = theirs,
            Mappings = mine,
            Reason = "both-drawn-from-small-ranges",
        });
    }

    /// <summary>A neighbour in the same range needs ports too: at most half of a small one.</summary>
    private static int Sockets(PredictionSide drawing)
    {
        var range = drawing.Report!.Ports.BlockSize;
        var allowed = Math.Min(drawing.Limits.Mappings - Reserved, drawing.Limits.FlowsOfFan);
        return Math.Min(allowed, range <= SmallRange ? range / 2 : range);
    }

    private static PredictionPlan Weighed(double odds, string otherwise, PredictionPlan plan) =>
        odds >= Worth ? plan : plan with { Method = PredictionMethod.None, Reason = otherwise };

    private static PredictionPlan None(string reason) => new() { Method = PredictionMethod.None, Reason = reason };
}

using Postern.Protocol.Nat;

namespace Postern.Protocol.Prediction;

/// <summary>Who opens and who climbs where both NATs count, and what comes of it.</summary>
/// <param name="Opener">Opens the rungs.</param>
/// <param name="Climber">Climbs into them.</param>
/// <param name="Shape">Of each round.</param>
internal sealed record LadderRoles(PredictionSide Opener, PredictionSide Climber, LadderShape Shape)
{
    /// <summary>Odds that differ by less are alike: what was measured a while ago is no more certain.</summary>
    private const double NearTie = 0.01;

    /// <summary>Whether both purses pay for a round, and the addresses are those that rungs are told at.</summary>
    public bool IsAffordable =>
        Shape.ClimbingMappings <= Climber.Limits.Mappings && Shape.OpeningMappings <= Opener.Limits.Mappings
        && Opener.Addresses.AreAllAsked && Climber.Addresses.AreAllAsked; // else rungs are told at addresses that nobody climbs to

    /// <summary>Pairs of addresses, one of which a round is for.</summary>
    public int Addresses => Opener.Addresses.Count * Climber.Addresses.Count;

    /// <summary>That a direct path comes of it, where it can be paid for.</summary>
    public double Odds => Math.Min(PredictionPlanner.Learning, 1 - Math.Pow(1 - OddsOfRound, Rounds));

    /// <summary>That it comes of one round.</summary>
    public double OddsOfRound => (IsClimbedOnce ? Shape.FirstClimb : Shape.Odds) * GoesOn / Addresses;

    /// <summary>That the climber's counter does not turn round between the port that was told and the rung that is hit: where nobody knows its range, it does not.</summary>
    private double GoesOn => Climber.Report!.Ports is { BlockSize: > 0 and var range, Delta: var step }
        ? Math.Max(0, 1 - ((Shape.Lead + (Shape.Rungs / 2.0)) * Math.Abs(step) / range)) : 1;

    /// <summary>The same, and 0 where it cannot.</summary>
    public double Value => IsAffordable ? Odds : 0;

    /// <summary>
    /// How many rounds both purses allow, each of which draws addresses anew: the rungs go to the address that the climber was last
    /// seen at, and of the last round the lowest, where most climbs begin; its steps and guesses make mappings.
    /// </summary>
    private double Rounds
    {
        get
        {
            var byPorts = Math.Max(1, Math.Min((Opener.Limits.PerTarget - 1.0) / Shape.Rungs * Climber.Addresses.Count, (Climber.Limits.PerTarget - 1.0) / Shape.Guesses));
            var paid = Enumerable.Range(1, PredictionPlanner.LadderRounds).Sum(round => Shape.Paid(round, Climber.Limits)); // a round that cannot be paid for is none
            var rounds = Math.Min(HasOneHole ? Math.Ceiling(byPorts) : byPorts, paid); // the last round's lowest rung is as good as all
            return Shape.Stride == 2 ? rounds
                : HasOneHole ? Fresh(Shape.Guesses, rounds)
                : Opener.Addresses.Count * (1 - Math.Pow(1 - (1.0 / Opener.Addresses.Count), rounds)); // an address that was climbed to has its port
        }
    }

    /// <summary>All rungs of a round are one hole: its guesses leave by the port of the first, which may be any rung's.</summary>
    private bool IsClimbedOnce => Opener.Report!.Mapping == NatDependence.AddressDependent && Addresses == 1 && Shape.Stride == 2;

    /// <summary>All rungs of a round have one endpoint, and only that of the first is told, at any of its addresses.</summary>
    private bool HasOneHole => Opener is { Report.Mapping: NatDependence.AddressDependent, Addresses.Count: > 1 };

    /// <summary>How many rounds find an address to which none before has climbed, where each climbs to so many.</summary>
    private double Fresh(int addresses, double rounds)
    {
        var spared = Math.Pow(1 - (1.0 / Opener.Addresses.Count), addresses);
        return (1 - Math.Pow(spared, rounds)) / (1 - spared);
    }

    /// <summary>
    /// The caller climbs, who has watched its counter since before the offer, unless the callee does so with better odds or for half
    /// the ports: nothing depends on the drift of the one that opens. Weighed from the reports alone, which both sides have alike
    /// and keep for the whole call.
    /// </summary>
    public static LadderRoles Between(PredictionSide own, PredictionSide peer)
    {
        var (caller, callee) = own.IsCaller ? (own, peer) : (peer, own);
        var usual = Of(opener: callee, climber: caller);
        return own.ChoosesRoles && peer.ChoosesRoles && Of(opener: caller, climber: callee) is var other && other.AsMeasured().IsBetterThan(usual.AsMeasured()) ? other : usual;
    }

    /// <summary>The same roles, with what the climber's counter has shown now.</summary>
    public LadderRoles With(CrossTraffic traffic) => this with { Shape = LadderShape.Between(Opener, Climber, traffic) };

    private LadderRoles AsMeasured() => this with { Climber = Climber with { Report = Climber.Report!.AsMeasured() } };

    private bool IsBetterThan(LadderRoles usual) =>
        Value > usual.Value + NearTie || (Value > usual.Value - NearTie && 2 * Shape.Rungs <= usual.Shape.Rungs);

    private static LadderRoles Of(PredictionSide opener, PredictionSide climber) =>
        new(opener, climber, LadderShape.Between(opener, climber, CrossTraffic.Of(climber.Report!.Ports)));
}

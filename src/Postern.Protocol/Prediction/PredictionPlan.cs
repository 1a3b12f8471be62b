namespace Postern.Protocol.Prediction;

/// <summary>What is done about ports that move, with its odds and its price beforehand. Both sides come to the same plan with the roles changed.</summary>
public sealed record PredictionPlan
{
    public required PredictionMethod Method { get; init; }

    /// <summary>This side does the part of the one whose ports move: it opens and tells. In <see cref="PredictionMethod.Ladder"/> it opens the window.</summary>
    public bool Opens { get; init; }

    /// <summary>This side opens many sockets towards one port.</summary>
    public bool FansOut => (Method, Opens) is (PredictionMethod.FanOut, true) or (PredictionMethod.FanToLearned, false);

    /// <summary>This side may take more ports than some NAT of ours has for us: carriers give out blocks of 512 and more, of which others use half.</summary>
    public bool MayUseUpPorts => Mappings > 512 / 2;

    /// <summary>That a direct path comes of it.</summary>
    public double Odds { get; init; }

    /// <summary>Of one new destination port, where they are drawn.</summary>
    public double OddsPerPort { get; init; }

    /// <summary>New destination ports that this side opens at most.</summary>
    public int Ports { get; init; }

    /// <summary>The other side's.</summary>
    public int PeerPorts { get; init; }

    /// <summary>Mappings that this side's NAT makes for it at most, samples included.</summary>
    public int Mappings { get; init; }

    /// <summary>Stable identifier of why this plan, or why none: a page in docs/reasons.</summary>
    public required string Reason { get; init; }

    /// <summary>The plan of a later round: one that costs more than was said is said to, and what an earlier one may have cost stands.</summary>
    /// <param name="before">The earlier round's.</param>
    /// <param name="keepsOdds">What was said of the odds stands.</param>
    public PredictionPlan After(PredictionPlan before, bool keepsOdds)
    {
        ArgumentNullException.ThrowIfNull(before);
        return this with
        {
            Ports = Math.Max(before.Ports, Ports),
            PeerPorts = Math.Max(before.PeerPorts, PeerPorts),
            Mappings = Math.Max(before.Mappings, Mappings),
            Odds = keepsOdds ? before.Odds : Odds,
        };
    }
}

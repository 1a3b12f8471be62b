using Postern.Protocol.Net;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>
/// A plan that a ban has stopped is taken up again when the ban is over: once for a ban of this side and once for one of the other's,
/// and on a smaller purse. Whatever the guard had counted, it shall not count as much a second time.
/// </summary>
internal sealed class Resumption
{
    /// <summary>After a ban of this side.</summary>
    public bool HasLed { get; private set; }

    /// <summary>After one of the other's.</summary>
    public bool HasFollowed { get; private set; }

    /// <summary>When the smaller purse has a port left after all that this call has spent.</summary>
    public static Instant FreeAt(ProbeAllowance spent, PredictionSide own)
    {
        var limits = MoreCareful(own.Limits);
        return spent.Ports < limits.PerTarget ? Instant.Zero : spent.LastSpentAt + limits.Window;
    }

    /// <summary>Our ban is over; both sides with what they may spend now.</summary>
    public (PredictionSide Own, PredictionSide Peer) Lead(PredictionSide own, PredictionSide peer)
    {
        HasLed = true;
        var limits = MoreCareful(own.Limits);
        return (own with { Limits = limits }, peer with { Limits = Smaller(peer.Limits, limits) }); // what the other side asks passes the same guard
    }

    /// <summary>The other side's is, which allows this now.</summary>
    public (PredictionSide Own, PredictionSide Peer) Follow(PredictionSide own, PredictionSide peer, ProbeMode allowed)
    {
        HasFollowed = true;
        var limits = ProbeLimits.Of(allowed);
        return (own with { Limits = Smaller(own.Limits, limits) }, peer with { Limits = limits });
    }

    /// <summary>No known detector alarms at the one; none that is half as patient at the other.</summary>
    private static ProbeLimits MoreCareful(ProbeLimits limits) => limits.Mode is ProbeMode.Bold or ProbeMode.Fast ? ProbeLimits.Polite : ProbeLimits.Quiet;

    private static ProbeLimits Smaller(ProbeLimits own, ProbeLimits other) => own.PerTarget <= other.PerTarget ? own : other;
}

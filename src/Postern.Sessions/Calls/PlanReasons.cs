using Postern.Protocol.Nat;
using Postern.Protocol.Prediction;
using Postern.Protocol.Reasons;

namespace Postern.Sessions.Calls;

/// <summary>Why ports are predicted, or are not, with the side whose router it is.</summary>
internal static class PlanReasons
{
    /// <summary>One, or one for each side where it holds for both.</summary>
    public static IEnumerable<ReportReason> Of(PredictionPlan plan, NatReport? local, NatReport? remote)
    {
        var sides = ReasonCatalogue.Of(plan.Reason).IsOfOneSide ? Sides(plan, local, remote).ToArray() : [];
        return (sides.Length == 0 ? [ReasonSide.Both] : sides).Select(side => ReportReason.Of(plan.Reason, side));
    }

    private static IEnumerable<ReasonSide> Sides(PredictionPlan plan, NatReport? local, NatReport? remote)
    {
        if (Holds(plan.Reason, local, plan.Opens))
        {
            yield return ReasonSide.You;
        }

        if (Holds(plan.Reason, remote, !plan.Opens))
        {
            yield return ReasonSide.Peer;
        }
    }

    private static bool Holds(string id, NatReport? report, bool opens) => (id, PortClasses.Of(report)) switch
    {
        ("ports-counted", PortClass.Counts) => true,
        ("ports-drawn-from-range" or "ports-drawn-from-too-many", PortClass.Draws) => true,
        ("addresses-drawn" or "addresses-drawn-from-too-many" or "ports-on-too-many-addresses", not (PortClass.Unknown or PortClass.Stays)) => AddressPool.Of(report).Count > 1,
        ("ports-move-by-no-rule", PortClass.Moves) => true,
        ("filter-lets-port-in", PortClass.Stays) => true,
        ("counter-too-busy", PortClass.Counts) => !opens, // what the other one opens is for this counter to reach
        ("nat-unmeasured", PortClass.Unknown) => true,
        ("udp-blocked", _) => report is { UdpBlocked: true },
        ("udp-limited", _) => report is { UdpLimited: true },
        _ => false,
    };
}

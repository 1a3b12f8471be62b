using Postern.Protocol.Ice;
using Postern.Protocol.Nat;
using Postern.Protocol.Reasons;
using Postern.Sessions.Calls.Prediction;

namespace Postern.Sessions.Calls;

/// <summary>Why a call takes the path that it takes, as far as reports, plan and budget tell.</summary>
internal static class CallReasons
{
    /// <summary>The causes on either side, ours first. Where the path is direct, only what made it so, or would still improve it.</summary>
    public static IReadOnlyList<ReportReason> Of(PathKind? path, Call call, Paths paths, CallOptions options)
    {
        var reasons = new List<ReportReason>();
        var isDirect = path is not (null or PathKind.Relayed);
        if (!isDirect)
        {
            if (paths.IsOverStream)
            {
                reasons.Add(ReportReason.Of("relayed-over-https", ReasonSide.You));
            }

            if (paths.Refusal.IsInForce)
            {
                reasons.Add(ReportReason.Of("direct-prohibited", ReasonSide.You)); // then that is the cause, whatever our NAT is like
            }
            else
            {
                Add(reasons, ReasonSide.You, call.LocalNat, call.RemoteNat);
            }

            Add(reasons, ReasonSide.Peer, call.RemoteNat, call.LocalNat);
        }

        if (paths.Prediction.Plan is { } plan && (!isDirect || path == PathKind.Predicted))
        {
            reasons.AddRange(PlanReasons.Of(plan, call.LocalNat, call.RemoteNat).Where(reason => !reasons.Exists(known => known.Id == reason.Id)));
        }

        if (!isDirect)
        {
            reasons.AddRange(KeptClear(paths).Select(side => ReportReason.Of("port-kept-clear", side)));
        }

        if (paths.Prediction.Outcome == PredictionOutcome.ShutOut)
        {
            reasons.Add(ReportReason.Of("scan-guard", ReasonSide.You));
        }
        else if (!isDirect && paths.Prediction.Stalls)
        {
            reasons.Add(ReportReason.Of("new-flows-stall", ReasonSide.You));
        }
        else if (!isDirect && BudgetWords.Spent(paths.Allowance, options.Probe, paths.PeerProbe) is { } spent)
        {
            reasons.Add(ReportReason.Of("budget-spent", ReasonSide.You, detail: spent));
        }

        return reasons;
    }

    private static IEnumerable<ReasonSide> KeptClear(Paths paths)
    {
        if (paths.Replacement.WasNeeded)
        {
            yield return ReasonSide.You;
        }

        if (paths.Agent.Pairs.Any(pair => pair is { Hold: PairHold.Unwelcome, Path.Kind: not PathKind.Relayed }))
        {
            yield return ReasonSide.Peer;
        }
    }

    private static void Add(List<ReportReason> reasons, ReasonSide side, NatReport? own, NatReport? other)
    {
        var id = own switch
        {
            null => "nat-unmeasured",
            { UdpBlocked: true } => "udp-blocked",
            { UdpLimited: true } => "udp-limited",
            { Mapping: NatDependence.AddressAndPortDependent or NatDependence.AddressDependent or NatDependence.Dependent } => "nat-dependent-mapping",
            _ when IsStrict(own) && other is { Mapping: NatDependence.AddressAndPortDependent or NatDependence.Dependent } => "nat-strict-filtering",
            _ => null,
        };
        if (id is not null)
        {
            reasons.Add(ReportReason.Of(id, side, (own?.Ports ?? PortRule.Unknown).InWords()));
        }
    }

    private static bool IsStrict(NatReport report) =>
        report.Filtering is NatDependence.AddressAndPortDependent or NatDependence.Dependent or NatDependence.AddressDependent;
}

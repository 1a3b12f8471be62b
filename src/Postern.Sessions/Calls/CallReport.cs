using Postern.Protocol.Ice;

namespace Postern.Sessions.Calls;

/// <summary>Makes a <see cref="ConnectReport"/> of a call as it stands.</summary>
internal static class CallReport
{
    public static ConnectReport Make(Call call, CallOptions options, Paths paths, CallLog log, PathKind? lastPath)
    {
        var selected = paths.Selected;
        var kind = selected?.Kind ?? lastPath;
        var (failure, ending) = call.Ending;
        return new()
        {
            Session = options.Session,
            Local = options.LocalName,
            Remote = options.RemoteName,
            Role = options.Role,
            State = call.State,
            Failure = failure,
            Path = kind,
            Summary = Summarize(failure, ending, kind, selected, paths.IsOverStream),
            ConnectedAfter = log.ConnectedAfter,
            Attempts = CallAttempts.Of(call, paths, log),
            Steps = log.Steps,
            Prediction = Predict(call, options, paths),
            Reasons = IsOfTheNetworks(failure) ? CallReasons.Of(kind, call, paths, options) : [],
            LocalNat = call.LocalNat,
            RemoteNat = call.RemoteNat,
        };
    }

    private static PredictionReport? Predict(Call call, CallOptions options, Paths paths) => paths.Prediction.Plan is not { } plan ? null : new()
    {
        Method = plan.Method,
        Odds = plan.Odds,
        OddsPerPort = plan.OddsPerPort,
        Reason = plan.Reason,
        Outcome = paths.Prediction.Outcome,
        Cause = PredictionCause.Of(plan, paths.Prediction.Outcome, paths.Prediction.IsResumed, paths.Allowance.Limits.Mode, call.LocalNat, call.RemoteNat),
        Remembered = paths.Prediction.Remembered,
        Mode = paths.Allowance.Limits.Mode,
        Held = BudgetWords.Held(options.Probe, paths.PeerProbe),
        Ports = paths.Allowance.Ports,
        Mappings = paths.Prediction.Mappings,
        MostPorts = plan.Ports,
        MostMappings = plan.Mappings,
        Packets = paths.Prediction.Packets,
        LearntAfter = paths.Prediction.LearntAfter?.TotalMilliseconds,
    };

    // A peer that is away or refuses is no matter of routers.
    private static bool IsOfTheNetworks(CallFailure failure) => failure is CallFailure.None or CallFailure.NoPath or CallFailure.PathLost;

    private static string Summarize(CallFailure failure, string ending, PathKind? kind, IcePath? selected, bool isOverStream)
    {
        if (failure != CallFailure.None)
        {
            return ending;
        }

        var time = selected is { RoundTrip: var roundTrip } && roundTrip > TimeSpan.Zero ? $", {roundTrip.TotalMilliseconds:0.0} ms there and back" : "";
        return kind switch
        {
            PathKind.Host => $"Data goes straight to an address of the other side or of ours that no NAT hides{time}.",
            PathKind.Punched => $"Data goes straight through holes that both sides punched into their firewalls{time}.",
            PathKind.Predicted => $"Data goes straight through a hole whose port was predicted{time}.",
            PathKind.Relayed when isOverStream => $"Data goes over the relay, which is reached over HTTPS since UDP does not get through to it{time}.",
            PathKind.Relayed => $"Data goes over the relay, for no direct path worked{time}.",
            null => "No path has been found yet.",
            _ => $"Data goes straight{time}.",
        };
    }
}

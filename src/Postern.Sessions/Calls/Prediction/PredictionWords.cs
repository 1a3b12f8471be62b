using Postern.Protocol.Prediction;

namespace Postern.Sessions.Calls.Prediction;

/// <summary>What the steps of a call say of a prediction.</summary>
internal static class PredictionWords
{
    public static string OfPlan(PredictionPlan plan) =>
        $"Ports move ({plan.Reason}): the odds of a direct path are {plan.Odds:0.0 %}, for {plan.Ports} ports and {plan.Mappings} mappings on this side at most.";

    public static string TooBusy(CrossTraffic traffic) =>
        $"Other hosts take {traffic.PerSecond:0.#} ± {traffic.Deviation:0.#} ports a second now: too many to follow.";

    /// <param name="isShutOut">Nothing new gets out.</param>
    /// <param name="stalls">That may be our own doing.</param>
    public static string OfBan(bool isShutOut, bool stalls) =>
        !isShutOut ? "Your firewall lets new flows through again."
        : stalls ? "New flows stall while old ones live: your router has no port left after so many, or your firewall seems to treat this as a port scan. Nothing new is opened for a while."
        : "Your firewall seems to treat this as a port scan: new flows stall while old ones live. Nothing new is opened for a while.";

    /// <summary>A ban is over, and this is the plan on a more careful purse.</summary>
    public static string OfResumption(PredictionPlan plan, PredictionSide own) =>
        plan.Method == PredictionMethod.None ? "What a more careful budget allows after a ban is not worth trying."
        : $"Takes the plan up again after a ban, within the {own.Limits.Mode.ToString().ToLowerInvariant()} budget.";
}

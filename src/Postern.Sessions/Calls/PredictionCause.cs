using System.Globalization;
using Postern.Protocol.Nat;
using Postern.Protocol.Prediction;
using Postern.Protocol.Probing;
using Postern.Protocol.Reasons;
using Postern.Sessions.Calls.Prediction;

namespace Postern.Sessions.Calls;

/// <summary>What came of a plan and why, in one clause with its figures.</summary>
internal static class PredictionCause
{
    private const double Likely = 0.5; // above, nobody thinks of "1 in so many"

    /// <summary>Such as "their router takes a new random port for each destination: 1 in 330 per port within the polite budget, 4.2 % in all, not tried".</summary>
    public static string Of(PredictionPlan plan, PredictionOutcome outcome, bool isResumed, ProbeMode mode, NatReport? local, NatReport? remote) =>
        plan.Odds > 0
            ? $"{Routers(local, remote)}: {Figures(plan, mode)}, {(isResumed ? "taken up again after a ban, " : "")}{InWords(plan, outcome)}"
            : $"{Clause(ReasonCatalogue.Of(plan.Reason).Sentence)}: {(IsNeedless(plan.Reason) ? "not needed" : "not tried")}";

    private static string Routers(NatReport? local, NatReport? remote)
    {
        var (here, there) = (Moving(local), Moving(remote));
        return (here, there) switch
        {
            (null, null) => "one router moves its ports",
            (_, null) => $"your router takes {here} for each destination",
            (null, _) => $"their router takes {there} for each destination",
            _ when here == there => $"both routers take {here} for each destination",
            _ => $"your router takes {here} for each destination, their router {there}",
        };
    }

    private static string? Moving(NatReport? report) =>
        PortClasses.Of(report) is not (PortClass.Unknown or PortClass.Stays) and var moving ? InWords(moving, report!.Ports, AddressPool.Of(report).Count) : null;

    private static string InWords(PortClass moving, PortRule ports, int addresses) =>
        moving == PortClass.Roams ? $"another of {addresses} addresses" : addresses > 1 ? $"{ports.InWords()} at any of {addresses} addresses" : ports.InWords();

    private static string Figures(PredictionPlan plan, ProbeMode mode)
    {
        var budget = $"within the {mode.ToString().ToLowerInvariant()} budget";
        return plan.OddsPerPort is > 0 and < Likely
            ? $"1 in {Rounded(1 / plan.OddsPerPort)} per port {budget}, {Percent(plan.Odds)} in all"
            : $"{Percent(plan.Odds)} {budget}";
    }

    private static string InWords(PredictionPlan plan, PredictionOutcome outcome) => outcome switch
    {
        PredictionOutcome.UnderWay => "under way",
        PredictionOutcome.Worked => "it worked",
        PredictionOutcome.NotNeeded => "another direct path came first",
        PredictionOutcome.Failed => "tried in vain",
        PredictionOutcome.ShutOut => "stopped, for a firewall seems to take this for a port scan",
        _ => plan.Reason == "failed-here-before" ? "not tried, for it failed between these networks before" : "not tried",
    };

    private static bool IsNeedless(string reason) => reason is "both-ports-stay" or "filter-lets-port-in" or "same-router";

    /// <summary>Two figures are as many as such odds are known to.</summary>
    private static string Rounded(double number)
    {
        if (number < 10)
        {
            return number.ToString("0.#", CultureInfo.InvariantCulture);
        }

        var unit = Math.Pow(10, Math.Floor(Math.Log10(number)) - 1);
        return (Math.Round(number / unit) * unit).ToString("#,0", CultureInfo.InvariantCulture);
    }

    private static string Percent(double odds) =>
        odds < 0.0005 ? "less than 0.1 %" : (100 * odds).ToString("0.#", CultureInfo.InvariantCulture) + " %";

    private static string Clause(string sentence) =>
        (sentence.Length > 1 && char.IsUpper(sentence[1]) ? sentence : char.ToLowerInvariant(sentence[0]) + sentence[1..]).TrimEnd('.');
}

using System.Text.Json.Nodes;

namespace Postern.Cli.Check;

/// <summary>Section 6: what it all comes to, in the words that people know from consoles and routers.</summary>
internal static class CheckSummary
{
    public static Openness Judge(IReadOnlyList<Finding> findings, NatSection nat, OutgoingSection outgoing)
    {
        var passed = outgoing.Attempts.Where(attempt => attempt.Passed).ToList();
        var isSilent = outgoing.Attempts.Count > 0 && !passed.Exists(attempt => !attempt.IsTcp && attempt.Outcome == Discovery.ReachOutcome.Answered);
        var far = Reach.Best(nat.Reports, nat.IsOverHttps) ?? (!isSilent ? Openness.Limited : nat.IsOverHttps ? Openness.RelayOnly : Openness.Blocked);
        var isLimited = findings.Any(finding => finding.Verdict == CheckVerdict.Fail
            || (finding.Verdict == CheckVerdict.Warn && (finding.Id.StartsWith("outgoing.", StringComparison.Ordinal) || finding.Id == "scan.guard") && finding.Id != "outgoing.dns"));
        var isKeptIn = far < Openness.RelayOnly && outgoing.Missing.Contains("direct") && outgoing.Attempts.Count > 0; // the server alone can be reached
        return isKeptIn ? Openness.RelayOnly : far == Openness.Open && isLimited ? Openness.Limited : far;
    }

    public static Finding Of(Openness openness, IReadOnlyList<Finding> findings, (string Format, string Text)? rules)
    {
        var causes = findings.Where(finding => finding.Verdict == CheckVerdict.Fail).Concat(findings.Where(finding => finding.Verdict == CheckVerdict.Warn)).Select(finding => finding.Id).ToList();
        var data = new JsonObject { ["openness"] = char.ToLowerInvariant(openness.ToString()[0]) + openness.ToString()[1..], ["causes"] = new JsonArray([.. causes.Select(id => JsonValue.Create(id))]) };
        if (rules is { } ready)
        {
            (data["format"], data["rules"]) = (ready.Format, ready.Text);
        }

        var verdict = openness switch { Openness.Open => CheckVerdict.Ok, Openness.Blocked => CheckVerdict.Fail, _ => CheckVerdict.Warn };
        return new("summary", verdict, Sentence(openness)) { Evidence = causes.Count == 0 ? "" : $"because of {string.Join(", ", causes)}", Data = data };
    }

    private static string Sentence(Openness openness) => openness switch
    {
        Openness.Open => "Open: calls go directly to nearly everybody (a console would say Open, NAT type 1 or 2).",
        Openness.Limited => "Limited: some calls go directly, others over the relay, or not all could be told (a console would say Moderate).",
        Openness.RelayOnly => "Relay only: every call goes over the relay (a console would say Strict, NAT type 3).",
        _ => "Blocked: no call gets out of here as things stand.",
    };
}

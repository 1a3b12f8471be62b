using Postern.Sessions.Calls;

namespace Postern.Cli.Terminal;

/// <summary>The reasons of a report, each with what could be done and the page that says more.</summary>
internal static class ReasonText
{
    public static IEnumerable<string> Of(ConnectReport report)
    {
        foreach (var reason in report.Reasons)
        {
            yield return $"  {Side(reason.Side)}: {reason.Sentence} [{reason.Id}]";
            foreach (var (remedy, order) in Remedies(reason).Select((remedy, order) => (remedy, order)))
            {
                yield return order == 0 ? $"    What {Who(reason.Side)} could do: {remedy}" : $"    or: {remedy}";
            }

            if (reason.Page is { } page)
            {
                yield return $"    More: {page}";
            }
        }
    }

    // Reports of earlier versions have one remedy.
    private static IReadOnlyList<string> Remedies(ReportReason reason) =>
        reason.Remedies.Count > 0 ? reason.Remedies : reason.Remedy is { } remedy ? [remedy] : [];

    private static string Side(string side) => side switch
    {
        "you" => "On your side",
        "peer" => "On the other side",
        _ => "On both sides",
    };

    private static string Who(string side) => side switch
    {
        "you" => "you",
        "peer" => "they",
        _ => "either side",
    };
}

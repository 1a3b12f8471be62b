using System.Globalization;
using Postern.Protocol.Ice;
using Postern.Sessions.Calls;
using Spectre.Console;

namespace Postern.Cli.Terminal;

/// <summary>A ConnectReport in plain words.</summary>
internal static class ReportText
{
    /// <summary>Which path, and why.</summary>
    public static IEnumerable<string> Summary(ConnectReport report)
    {
        yield return Headline(report);
        yield return report.Summary;
        foreach (var line in Reasons(report))
        {
            yield return line;
        }

    }

    /// <summary>What was tried, and what each attempt cost.</summary>
    public static Table Attempts(ConnectReport report)
    {
        var table = new Table { Border = TableBorder.None }.AddColumns("  outcome", "path", "from", "to", "requests", "valid after", "round trip", "cause");
        foreach (var attempt in report.Attempts)
        {
            table.AddRow([.. Cells(attempt).Select(cell => new Text(cell))]);
        }

        return table;
    }

    /// <summary>What happened when.</summary>
    public static IEnumerable<string> Steps(ConnectReport report) =>
        report.Steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"  {step.At,9:0.0} ms  {Printable.Of(step.What)}"));

    private static IEnumerable<string> Cells(PathAttempt attempt) =>
    [
        $"  {attempt.Outcome}",
        attempt.Kind.InWords(),
        Printable.Of(attempt.Local),
        Printable.Of(attempt.Remote),
        attempt.RequestsSent.ToString(CultureInfo.InvariantCulture),
        Milliseconds(attempt.ValidAfter),
        Milliseconds(attempt.RoundTrip),
        Printable.Of(attempt.Cause ?? ""),
    ];

    private static string Milliseconds(double? value) => value is { } known ? string.Create(CultureInfo.InvariantCulture, $"{known:0.0} ms") : "—";

    private static string Headline(ConnectReport report)
    {
        var when = report.StartedAt is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "an unknown time";
        var path = report.Path is { } kind ? kind.InWords() : "no path";
        return $"{report.Local} with {Printable.Of(report.Remote)}, {when}: {path}";
    }

    private static IEnumerable<string> Reasons(ConnectReport report)
    {
        if (report.Reasons.Count == 0)
        {
            yield break;
        }

        yield return "";
        yield return report.Path == PathKind.Relayed ? "Why it is relayed:" : "What is known of the networks:";
        foreach (var reason in report.Reasons)
        {
            yield return $"  {Side(reason.Side)}: {reason.Sentence} [{reason.Id}]";
            if (reason.Remedy is { } remedy)
            {
                yield return $"    What would help: {remedy}";
            }
        }
    }

    private static string Side(string side) => side switch
    {
        "you" => "On your side",
        "peer" => "On the other side",
        _ => "On both sides",
    };
}

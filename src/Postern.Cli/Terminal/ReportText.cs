using System.Globalization;
using Postern.Protocol.Ice;
using Postern.Sessions.Calls;

namespace Postern.Cli.Terminal;

/// <summary>A ConnectReport in plain words.</summary>
internal static class ReportText
{
    public static IEnumerable<string> Lines(ConnectReport report)
    {
        yield return Headline(report);
        yield return report.Summary;
        foreach (var line in Attempts(report))
        {
            yield return line;
        }

        foreach (var line in Reasons(report))
        {
            yield return line;
        }

        yield return "";
        yield return "What happened:";
        foreach (var step in report.Steps)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  {step.At,9:0.0} ms  {Printable.Of(step.What)}");
        }
    }

    private static string Headline(ConnectReport report)
    {
        var when = report.StartedAt is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "an unknown time";
        var path = report.Path is { } kind ? kind.InWords() : "no path";
        return $"{report.Local} with {Printable.Of(report.Remote)}, {when}: {path}";
    }

    private static IEnumerable<string> Attempts(ConnectReport report)
    {
        yield return "";
        yield return "What was tried:";
        foreach (var attempt in report.Attempts)
        {
            var answers = attempt.ValidAfter is { } after
                ? string.Create(CultureInfo.InvariantCulture, $"valid after {after:0.0} ms{(attempt.RoundTrip is { } time ? $", round trip {time:0.0} ms" : "")}")
                : "no answer";
            var cause = attempt.Cause is { } text ? $": {Printable.Of(text)}" : "";
            yield return $"  {attempt.Outcome,-7} {attempt.Kind.InWords()}, {Printable.Of(attempt.Local)} to {Printable.Of(attempt.Remote)}: "
                + $"{attempt.RequestsSent} requests, {answers}{cause}";
        }
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

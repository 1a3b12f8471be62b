using System.Globalization;
using Postern.Sessions.Calls;

namespace Postern.Cli.Terminal;

/// <summary>A ConnectReport in plain words: its head and its steps.</summary>
internal static class ReportText
{
    /// <summary>Which path, and why.</summary>
    public static IEnumerable<string> Summary(ConnectReport report)
    {
        yield return Headline(report);
        yield return report.Summary;
    }

    /// <summary>What happened when.</summary>
    public static IEnumerable<string> Steps(ConnectReport report) =>
        report.Steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"  {step.At,9:0.0} ms  {Printable.Of(step.What)}"));

    private static string Headline(ConnectReport report)
    {
        var when = report.StartedAt is { } at ? at.ToLocalTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) : "an unknown time";
        var path = report.Path is { } kind ? kind.InWords() : "no path";
        return $"{report.Local} with {Printable.Of(report.Remote)}, {when}: {path}";
    }
}

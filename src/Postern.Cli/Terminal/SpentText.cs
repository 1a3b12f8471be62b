using System.Globalization;
using Postern.Protocol.Probing;
using Postern.Sessions.Calls;

namespace Postern.Cli.Terminal;

/// <summary>What a call spent of the network's patience, and of how much.</summary>
internal static class SpentText
{
    /// <summary>Nothing where no prediction came into question.</summary>
    public static IEnumerable<string> Of(ConnectReport report)
    {
        if (report.Prediction is not { } spent)
        {
            yield break;
        }

        var limits = ProbeLimits.Of(spent.Mode);
        var mode = spent.Mode.ToString().ToLowerInvariant();
        yield return $"  Probe budget: {mode}, which allows {limits.PerTarget} new ports of an address in {InWords(limits.Window)}, {Pace(limits)}, and {limits.Mappings} mappings{(spent.Held.Length > 0 ? $"; {spent.Held}" : "")}.";
        yield return $"  Spent: {Counted.Of(spent.Ports, "new port")}, {Counted.Of(spent.Mappings, "mapping")} and {Counted.Of(spent.Packets, "packet")} for prediction, {Counted.Of(report.Attempts.Sum(attempt => attempt.RequestsSent), "check")} in all.";
        if (spent.Remembered.Length > 0)
        {
            yield return $"  {Printable.Of(spent.Remembered)}";
        }

        if (spent.LearntAfter is { } learnt)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"  The port was learnt and told within {learnt:0.0} ms of the first question.");
        }
    }

    private static string Pace(ProbeLimits limits) =>
        limits.PerSecond > 0 ? $"{limits.PerSecond} a second" : string.Create(CultureInfo.InvariantCulture, $"{limits.Burst} in a row and then {limits.Silence.TotalSeconds:0.0} s of silence");

    private static string InWords(TimeSpan time) => time < TimeSpan.FromHours(1) ? $"{time.TotalMinutes:0} minutes" : "an hour";
}

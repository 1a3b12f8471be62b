using System.Globalization;
using Postern.Protocol.Probing;

namespace Postern.Sessions.Calls;

/// <summary>What a spent budget kept waiting, and what would have allowed more.</summary>
internal static class BudgetWords
{
    /// <summary>Null where nothing waited longer than the pace of a mode asks: 3.1 s between two chains.</summary>
    public static string? Spent(ProbeAllowance allowance)
    {
        var ports = allowance.LongestWait > ProbeLimits.Polite.Silence ? allowance.Waiting : 0;
        if (ports == 0 && allowance.MappingsRefused == 0)
        {
            return null;
        }

        string?[] waiting =
        [
            ports == 0 ? null : $"{Count(ports, "new port")} had to wait, up to {InWords(allowance.LongestWait)}",
            allowance.MappingsRefused == 0 ? null : $"{Count(allowance.MappingsRefused, "mapping")} could not be made",
        ];
        return $"{string.Join(", and ", waiting.OfType<string>())}; {(ports > 0 ? More(allowance.Limits.Mode) : MoreMappings(allowance.Limits.Mode))}.";
    }

    private static string More(ProbeMode mode) => mode switch
    {
        ProbeMode.Quiet => $"'--probe polite' would allow {InWords(ProbeLimits.Polite)}",
        ProbeMode.Polite => $"'--probe bold' would allow {InWords(ProbeLimits.Bold)}",
        ProbeMode.Bold => $"'--probe fast' on both sides would allow {InWords(ProbeLimits.Fast)}",
        _ => "no mode allows more",
    };

    private static string MoreMappings(ProbeMode mode) => mode == ProbeMode.Fast
        ? "no mode allows more"
        : $"the older ones count for two minutes, and '--probe fast' on both sides would allow {ProbeLimits.Fast.Mappings}";

    private static string InWords(ProbeLimits limits) => $"{limits.PerTarget} ports of an address in {InWords(limits.Window)}";

    private static string InWords(TimeSpan time) => time < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMinutes):0} minutes");

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}

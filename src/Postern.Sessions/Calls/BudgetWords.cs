using System.Globalization;
using Postern.Protocol.Probing;

namespace Postern.Sessions.Calls;

/// <summary>What a spent budget kept waiting, and what would have allowed more.</summary>
internal static class BudgetWords
{
    /// <summary>Null where nothing waited longer than the pace of a mode asks: 3.1 s between two chains.</summary>
    /// <param name="allowance">What the call has spent.</param>
    /// <param name="own">What this side allows.</param>
    /// <param name="peer">What the other does; null where it says nothing.</param>
    public static string? Spent(ProbeAllowance allowance, ProbeMode own, ProbeMode? peer)
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
        return $"{string.Join(", and ", waiting.OfType<string>())}; {(ports > 0 ? More(own, peer) : MoreMappings(own, peer))}.";
    }

    /// <summary>Why less holds than this side allows, in a clause; empty where it does not.</summary>
    public static string Held(ProbeMode own, ProbeMode? peer) => ProbeModes.Between(own, peer) is var held && held == own ? ""
        : peer is null ? $"you allow {InWords(own)}, but the other side says nothing, which counts as {InWords(held)}"
        : $"you allow {InWords(own)}, but the other side only {InWords(held)}";

    private static string More(ProbeMode own, ProbeMode? peer) => ProbeModes.Between(own, peer).Next() is { } next
        ? Where(next, own, peer) is { } where ? $"'--probe {InWords(next)}'{where} would allow {InWords(ProbeLimits.Of(next))}" : "no mode allows more towards a peer that says nothing of a budget"
        : "no mode allows more";

    private static string MoreMappings(ProbeMode own, ProbeMode? peer) => ProbeModes.Between(own, peer) switch
    {
        ProbeMode.Fast => "no mode allows more",
        _ when Where(ProbeMode.Fast, own, peer) is { } where => $"the older ones count for two minutes, and '--probe fast'{where} would allow {ProbeLimits.Fast.Mappings}",
        _ => "the older ones count for two minutes",
    };

    /// <summary>Who would have to say so; null where it would be one who says nothing.</summary>
    private static string? Where(ProbeMode next, ProbeMode own, ProbeMode? peer) => (own.Allows(next), (peer ?? ProbeMode.Polite).Allows(next)) switch
    {
        (_, false) when peer is null => null,
        (false, false) => " on both sides",
        (true, _) => " on the other side",
        _ => "",
    };

    private static string InWords(ProbeMode mode) => mode.ToString().ToLowerInvariant();

    private static string InWords(ProbeLimits limits) => $"{limits.PerTarget} ports of an address in {InWords(limits.Window)}";

    private static string InWords(TimeSpan time) => time < TimeSpan.FromMinutes(2)
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalSeconds):0} s")
        : string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMinutes):0} minutes");

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";
}

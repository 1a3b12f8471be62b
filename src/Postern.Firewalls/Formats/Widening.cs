using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Formats;

/// <summary>What would let more pass than the policy does, because a rule before it was left out.</summary>
internal static class Widening
{
    /// <summary>Why the rule must be left out too; null where it need not.</summary>
    public static string? Of(Rule rule, IReadOnlyList<Rule> lost) =>
        lost.FirstOrDefault(earlier => rule.Verdict.LetsPass && Packets.Overlap(earlier.Match, rule.Match) && !(earlier.Verdict is Verdict.Accept && rule.Verdict is Verdict.Accept))
            is { } earlier
            ? $"It would let through what {earlier.Id} decides, which was left out."
            : null;
}

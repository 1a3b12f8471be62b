namespace Postern.Firewalls.Learning;

/// <summary>The name of an interface, or what a rule writes before its line in the log.</summary>
/// <param name="Text">Trimmed.</param>
/// <param name="Passed">What the words of a prefix say of the packet; null where they say nothing.</param>
/// <param name="IsLimited">Written by a rule that is known to leave out what comes too fast.</param>
public sealed record LogName(string Text, bool? Passed, bool IsLimited)
{
    private static readonly string[] PassWords = ["accept", "allow", "pass", "permit"];
    private static readonly string[] StopWords = ["drop", "reject", "block", "deny", "denied", "refuse"];

    /// <summary>
    /// Knows the words of ufw ("[UFW BLOCK]"), of Shorewall ("loc-net REJECT", "Shorewall:loc-net:REJECT:") and those that people
    /// use of themselves.
    /// </summary>
    internal static LogName Of(string text)
    {
        text = text.Trim();
        var isStopped = Array.Exists(StopWords, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));
        var isPassed = Array.Exists(PassWords, word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

        // ufw writes 3 lines a minute per rule; Shorewall's default LOGLIMIT is one a second for each source.
        var isLimited = text.StartsWith("[UFW", StringComparison.Ordinal) || text.StartsWith("Shorewall:", StringComparison.Ordinal);
        return new(text, isStopped == isPassed ? null : isPassed, isLimited);
    }
}

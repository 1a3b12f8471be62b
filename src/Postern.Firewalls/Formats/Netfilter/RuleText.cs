namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>A rule in the words of a format: lines, each with its place, or what the format lacks.</summary>
internal sealed record RuleText(IReadOnlyList<(Place Place, string Line)> Lines, string? Loss)
{
    public static RuleText Lost(string why) => new([], why);
}

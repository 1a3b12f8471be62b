namespace Postern.Firewalls.Formats.Netfilter;

/// <summary>A rule in the words of a format: lines, each with its place, or what the format lacks.</summary>
internal sealed record KernelText(IReadOnlyList<(Place Place, string Line)> Lines, string? Loss)
{
    public static KernelText Lost(string why) => new([], why);
}

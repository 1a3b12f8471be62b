namespace Postern.Firewalls.Formats;

/// <summary>A rule in the words of a format, or what the format lacks.</summary>
/// <param name="Parts">None where no packet can match.</param>
/// <param name="Loss">Null where the parts say it exactly.</param>
internal sealed record RuleParts<T>(IReadOnlyList<T> Parts, string? Loss = null)
{
    public static RuleParts<T> Lost(string why) => new([], why);
}

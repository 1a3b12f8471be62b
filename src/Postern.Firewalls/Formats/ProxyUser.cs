namespace Postern.Firewalls.Formats;

/// <summary>Whose rules a proxy's are: everybody's, or those of one user who has logged in.</summary>
internal static class ProxyUser
{
    private const string Prefix = "user=";

    /// <summary>Null for everybody. Throws <see cref="FormatException"/> with a sentence for the user where something else was named.</summary>
    public static string? Of(FormatOptions options) => options.Into switch
    {
        null => null,
        var into when into.StartsWith(Prefix, StringComparison.Ordinal) && into.Length > Prefix.Length && into[Prefix.Length..].All(sign => char.IsAsciiLetterOrDigit(sign) || sign is '-' or '_' or '.') =>
            into[Prefix.Length..],
        _ => throw new FormatException($"a proxy's rules are everybody's, or one user's: {Prefix}NAME."),
    };
}

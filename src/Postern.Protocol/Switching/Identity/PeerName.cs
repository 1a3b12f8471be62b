using System.Diagnostics.CodeAnalysis;

namespace Postern.Protocol.Switching.Identity;

/// <summary>
/// A name on a switchboard: 1 to 64 of the letters a to z, digits, '.', '_' and '-', beginning with a letter or digit.
/// Large and small letters are the same; the small form is the one that is stored, sent and signed.
/// </summary>
public static class PeerName
{
    public const int MaximumLength = 64;

    /// <summary>The rule in one sentence, for people.</summary>
    public const string Rule = "A name has 1 to 64 letters (a to z), digits, dots, underscores or hyphens and begins with a letter or digit.";

    /// <summary>The canonical (small) form; false when the text is no name.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out string? name)
    {
        name = null;
        if (text is null || text.Length is 0 or > MaximumLength || !char.IsAsciiLetterOrDigit(text[0]))
        {
            return false;
        }

        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '-'))
            {
                return false;
            }
        }

        name = text.ToLowerInvariant();
        return true;
    }

    /// <summary>Whether the text is a name in its canonical form, the only one on the wire.</summary>
    public static bool IsCanonical(string text) => TryParse(text, out var name) && name == text;
}

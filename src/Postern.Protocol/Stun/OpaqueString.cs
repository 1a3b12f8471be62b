using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Postern.Protocol.Stun;

/// <summary>
/// The OpaqueString profile (RFC 8265 §4.2), by which usernames, realms and passwords are prepared before they are hashed or
/// compared: spaces beyond ASCII become spaces, then normalization form C; controls, format characters, private and unassigned
/// code points are refused.
/// </summary>
public static class OpaqueString
{
    /// <summary>False for an empty text and for one with code points that the profile refuses.</summary>
    public static bool TryPrepare(string text, [NotNullWhen(true)] out string? prepared)
    {
        prepared = null;
        if (text.Length == 0)
        {
            return false;
        }

        if (IsPlain(text))
        {
            prepared = text;
            return true;
        }

        var mapped = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (IsRefused(rune) || (rune == Rune.ReplacementChar && !text.Contains('\uFFFD'))) // an unpaired surrogate
            {
                return false;
            }

            mapped.Append(Rune.GetUnicodeCategory(rune) == UnicodeCategory.SpaceSeparator ? " " : rune.ToString());
        }

        prepared = mapped.ToString().Normalize(NormalizationForm.FormC);
        return true;
    }

    /// <summary>The prepared text; the text as it is where the profile refuses it, since the other side may have used it so.</summary>
    public static string Prepare(string text) => TryPrepare(text, out var prepared) ? prepared : text;

    private static bool IsPlain(string text)
    {
        foreach (var character in text)
        {
            if (character is < ' ' or > '~')
            {
                return false;
            }
        }

        return true;
    }

    // RFC 8264, as far as general categories tell.
    private static bool IsRefused(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherNotAssigned or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}

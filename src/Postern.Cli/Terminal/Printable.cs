using System.Globalization;
using System.Text;

namespace Postern.Cli.Terminal;

/// <summary>Text from the network as a terminal may show it: on one line, without anything that moves cursors or turns the writing around.</summary>
internal static class Printable
{
    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    /// <summary>UTF-8; what is not, and what is not visible, as <c>\n</c>, <c>\x1B</c> or <c>\u{202E}</c>; a backslash is doubled.</summary>
    public static string Of(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out var rune, out var length) != System.Buffers.OperationStatus.Done)
            {
                text.Append(CultureInfo.InvariantCulture, $@"\x{bytes[0]:X2}");
                length = 1;
            }
            else
            {
                Append(text, rune);
            }

            bytes = bytes[length..];
        }

        return text.ToString();
    }

    /// <summary>A net under every line: what is invisible is escaped, what was escaped before stays as it is.</summary>
    public static string Safe(string line)
    {
        var text = new StringBuilder(line.Length);
        foreach (var rune in line.EnumerateRunes())
        {
            if (rune.Value == '\\')
            {
                text.Append('\\');
            }
            else
            {
                Append(text, rune);
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, Rune rune)
    {
        _ = rune.Value switch
        {
            '\n' => text.Append(@"\n"),
            '\r' => text.Append(@"\r"),
            '\t' => text.Append(@"\t"),
            '\\' => text.Append(@"\\"),
            < 0x20 or 0x7F => text.Append(CultureInfo.InvariantCulture, $@"\x{rune.Value:X2}"),
            _ when IsVisible(rune) => text.Append(rune),
            _ => text.Append(CultureInfo.InvariantCulture, $@"\u{{{rune.Value:X}}}"),
        };
    }

    private static bool IsVisible(Rune rune) => rune.Value == ' ' || Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.SpaceSeparator or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned or UnicodeCategory.Surrogate);
}

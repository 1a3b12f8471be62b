using System.Text;

namespace Postern.Firewalls.Formats;

/// <summary>What stands at the head of every file: how to use it, and what was left out.</summary>
internal static class HeaderComment
{
    /// <param name="sign">Begins a comment: "#", "//" …</param>
    /// <param name="lines">What the file is, how it is loaded and removed.</param>
    /// <param name="losses">What was left out.</param>
    public static string Of(string sign, IEnumerable<string> lines, IReadOnlyList<FormatLoss> losses)
    {
        var text = new StringBuilder();
        foreach (var line in lines)
        {
            text.Append(sign).Append(' ').Append(Line(line)).Append('\n');
        }

        if (losses.Count > 0)
        {
            text.Append(sign).Append(" LEFT OUT, because it cannot be said exactly here:\n");
        }

        foreach (var loss in losses)
        {
            text.Append(sign).Append("   ").Append(Line(loss.RuleId)).Append(": ").Append(Line(loss.Why)).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>On one line, whatever the text holds: it must not end the comment.</summary>
    public static string Line(string text) => string.Concat(text.Select(sign => char.IsControl(sign) || sign is '\u2028' or '\u2029' ? ' ' : sign));
}

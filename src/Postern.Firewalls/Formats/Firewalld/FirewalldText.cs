namespace Postern.Firewalls.Formats.Firewalld;

/// <summary>Text inside XML.</summary>
internal static class FirewalldText
{
    public const string Declaration = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

    public static string Escaped(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal)
        .Replace(">", "&gt;", StringComparison.Ordinal).Replace("\"", "&quot;", StringComparison.Ordinal);

    /// <summary>Two hyphens would end the comment.</summary>
    public static string Comment(string lines) => $"<!--\n{lines.Replace("--", "- -", StringComparison.Ordinal).Replace("--", "- -", StringComparison.Ordinal)}-->\n";
}

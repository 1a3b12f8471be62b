using System.Globalization;

namespace Postern.Cli.Terminal;

/// <summary>Numbers of things.</summary>
internal static class Counted
{
    /// <summary>"1 pair", "2 pairs"; <paramref name="plural"/> where an s does not make it.</summary>
    public static string Of(long number, string noun, string? plural = null) =>
        $"{number.ToString(CultureInfo.InvariantCulture)} {(number == 1 ? noun : plural ?? $"{noun}s")}";
}

using System.Text.RegularExpressions;

namespace Postern.Tests.Repository;

/// <summary>
/// A terminal session as a page shows it: a fenced block marked <c>console</c>, in which a line <c>$ command</c> is typed and
/// the lines after it are what it prints. In these, <c>…</c> stands for any text of a line, and alone for any number of lines.
/// A command without such lines must only succeed.
/// </summary>
internal static partial class Transcript
{
    /// <param name="Line">Where it stands on its page, counted from one.</param>
    /// <param name="Command">What is typed.</param>
    /// <param name="Expected">What the page says is printed; empty if it says nothing.</param>
    public sealed record Step(int Line, string Command, string Expected);

    /// <summary>The steps of all blocks of a page, in order.</summary>
    public static IReadOnlyList<Step> Parse(string page)
    {
        var steps = new List<Step>();
        var fence = "";
        foreach (var (number, line) in page.Split('\n').Index())
        {
            if (line.StartsWith("```", StringComparison.Ordinal))
            {
                fence = fence.Length == 0 ? line.Trim() : "";
            }
            else if (fence == "```console" && line.StartsWith("$ ", StringComparison.Ordinal))
            {
                steps.Add(new(number + 1, line[2..].Trim(), ""));
            }
            else if (fence == "```console" && steps.Count > 0)
            {
                steps[^1] = steps[^1] with { Expected = steps[^1].Expected + line.TrimEnd() + "\n" };
            }
        }

        return [.. steps.Select(step => step with { Expected = step.Expected.Trim('\n') })];
    }

    /// <summary>Commands of ours that stand in a block of another kind, where nobody would run them.</summary>
    public static IEnumerable<string> Unmarked(string page) =>
        Block().Matches(page).Where(block => block.Groups["kind"].Value != "console").SelectMany(block => Ours().Matches(block.Value)).Select(match => match.Value.Trim());

    /// <summary>Whether what was printed is what the page says; colours and blanks at the ends of lines do not count.</summary>
    public static bool Matches(string expected, string printed)
    {
        var text = string.Join('\n', Colour().Replace(printed, "").Split('\n').Select(line => line.TrimEnd())).Trim('\n') + "\n";
        var pattern = string.Concat(expected.Split('\n').Select(line => line.Trim() == "…"
            ? "(?:.*\n)*?"
            : Regex.Escape(line).Replace("…", ".*", StringComparison.Ordinal) + "\n"));
        return expected.Length == 0 || Regex.IsMatch(text, $"^{pattern}$", RegexOptions.None, TimeSpan.FromSeconds(5));
    }

    [GeneratedRegex("^```(?<kind>[a-z]*)\n.*?^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^.*\./postern .*$", RegexOptions.Multiline)]
    private static partial Regex Ours();

    [GeneratedRegex(@"\x1b\[[0-9;?]*[A-Za-z]")]
    private static partial Regex Colour();
}

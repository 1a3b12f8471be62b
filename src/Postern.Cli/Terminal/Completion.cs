using System.CommandLine;
using System.Globalization;

namespace Postern.Cli.Terminal;

/// <summary>
/// What a shell asks with <c>postern "[suggest:POSITION]" "LINE"</c> (System.CommandLine's notation): the words that may stand at that
/// position of the line, one a line.
/// </summary>
internal static class Completion
{
    private const string Before = "[suggest:";

    /// <summary>False where the shell did not ask this.</summary>
    public static bool TryAnswer(Command root, string[] args, TextWriter output)
    {
        if (args is not [var question, var line] || !question.StartsWith(Before, StringComparison.Ordinal) || !question.EndsWith(']')
            || !int.TryParse(question.AsSpan(Before.Length, question.Length - Before.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var position))
        {
            return false;
        }

        // The first word is how the shell calls us, which may be a path.
        var typed = line[..Math.Min(position, line.Length)].TrimStart();
        var rest = typed[(typed.IndexOf(' ') is >= 0 and var blank ? blank : typed.Length)..].TrimStart();
        foreach (var found in root.Parse(rest).GetCompletions(rest.Length))
        {
            output.WriteLine(found.InsertText ?? found.Label);
        }

        return true;
    }
}

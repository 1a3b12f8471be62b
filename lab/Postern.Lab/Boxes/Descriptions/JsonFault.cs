using System.Text.Json;
using System.Text.RegularExpressions;

namespace Postern.Lab.Boxes.Descriptions;

/// <summary>What is wrong with a file of JSON, in words of whoever writes such files; the reader's own are about types of .NET.</summary>
internal static partial class JsonFault
{
    /// <summary>"line 3: 'nat.colour' is no word of this description; SCHEMA has those that are."</summary>
    /// <param name="fault">As System.Text.Json throws it.</param>
    /// <param name="schema">The file that names the words.</param>
    public static string Of(JsonException fault, string schema)
    {
        var path = (fault.Path ?? "").TrimStart('$').TrimStart('.');
        var place = path.Length == 0 ? "the description" : path;
        return $"line {(fault.LineNumber ?? 0) + 1}: " + fault.Message switch
        {
            var said when said.Contains("could not be mapped", StringComparison.Ordinal) => $"'{path}' is no word of this description; {schema} has those that are.",
            var said when Missing().Match(said) is { Success: true } match => $"{place} lacks {match.Groups[1].Value}; {schema} says what belongs there.",
            var said when said.Contains("could not be converted", StringComparison.Ordinal) => $"{place} does not take this value; {schema} says what it takes.",
            var said when said.Contains("setting null", StringComparison.Ordinal) => $"{place} must not be null; leave it out instead.",
            var said => $"this is no JSON: {Positions().Replace(said, "").Trim()}",
        };
    }

    [GeneratedRegex("missing required properties including: (.*?)\\.( Path:|$)")]
    private static partial Regex Missing();

    [GeneratedRegex(" (Path|LineNumber):.*$", RegexOptions.Singleline)]
    private static partial Regex Positions();
}

using System.CommandLine;

namespace Postern.Cli.Terminal;

/// <summary>What is wrong with a command line, in one sentence.</summary>
internal static class UsageComplaint
{
    public static string Of(ParseResult parsed)
    {
        // The word that nobody knows says more than what is missing because of it.
        var complaint = parsed.UnmatchedTokens is [var unknown, ..] ? $"'{unknown}' is no command, option or argument here." : parsed.Errors[0].Message;
        return $"{complaint} 'postern --help' lists what there is.";
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;

namespace Postern.Cli.Terminal;

/// <summary>What is wrong with a command line, in one sentence, and where to read what is right.</summary>
internal static class UsageComplaint
{
    public static string Of(ParseResult parsed)
    {
        // The word that nobody knows says more than what is missing because of it.
        var complaint = parsed.UnmatchedTokens is [var unknown, ..] ? $"'{unknown}' is no command, option or argument here." : Of(parsed.Errors[0], parsed);
        return $"{complaint} '{Typed(parsed.CommandResult.Command)} --help' lists what there is.";
    }

    /// <summary>The parser counts what is missing, and does not name it.</summary>
    private static string Of(ParseError error, ParseResult parsed)
    {
        if (error.SymbolResult is CommandResult { Command: { Action: null, Subcommands.Count: > 0 } command })
        {
            return $"Which command of '{Typed(command)}'?";
        }

        string[] missing = [.. parsed.CommandResult.Command.Arguments.Where(argument => IsMissing(argument, parsed)).Select(argument => argument.Name)];
        return missing.Length == 0 || error.SymbolResult is OptionResult ? error.Message : $"{string.Join(" and ", missing)} {(missing.Length == 1 ? "is" : "are")} missing.";
    }

    private static bool IsMissing(Argument argument, ParseResult parsed) =>
        !argument.HasDefaultValue && (parsed.GetResult(argument)?.Tokens.Count ?? 0) < argument.Arity.MinimumNumberOfValues;

    /// <summary>The names of a command and those above it, as one types them.</summary>
    private static string Typed(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } above ? $"{Typed(above)} {command.Name}" : command.Name;
}

using System.CommandLine;
using System.CommandLine.Parsing;

namespace Postern.Cli.Terminal;

/// <summary>Options and arguments that take words, and the sentence for one that they do not take.</summary>
internal static class OptionWords
{
    /// <summary>One of these, with one sentence where the parser's own way takes a line for each word.</summary>
    public static void Take<T>(this Option<T> option, params string[] words)
        where T : class?
    {
        option.CompletionSources.Add(words);
        option.Validators.Add(result => Judge(result, option.Name, words));
    }

    /// <inheritdoc cref="Take{T}(Option{T}, string[])"/>
    public static void Take(this Argument<string> argument, params string[] words)
    {
        argument.CompletionSources.Add(words);
        argument.Validators.Add(result => Judge(result, argument.Name, words));
    }

    /// <summary>Words with commas between them, each once; to have typed the option and none is a mistake.</summary>
    public static string[] Listed(ArgumentResult given)
    {
        string[] words = [.. given.Tokens.SelectMany(token => token.Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).Distinct()];
        if (words.Length == 0)
        {
            given.AddError(Emptiness((given.Parent as OptionResult)?.Option.Name ?? given.Argument.Name));
        }

        return words;
    }

    /// <summary>No option of this command and those below it takes an empty word, which a script makes of a variable that nobody set.</summary>
    public static void RefuseEmpty(Command command)
    {
        foreach (var option in command.Options.Where(option => option.Arity.MaximumNumberOfValues > 0))
        {
            option.Validators.Add(result => RefuseEmpty(result, option.Name));
        }

        foreach (var child in command.Subcommands)
        {
            RefuseEmpty(child);
        }
    }

    /// <summary>The same for an argument that names files.</summary>
    public static void RefuseEmpty(this Argument argument) => argument.Validators.Add(result => RefuseEmpty(result, argument.Name));

    private static void RefuseEmpty(SymbolResult result, string name)
    {
        if (result.Tokens.Any(token => token.Value.Length == 0))
        {
            result.AddError(Emptiness(name));
        }
    }

    private static string Emptiness(string name) => $"{name} is empty: give it a value, or leave it out.";

    private static void Judge(SymbolResult result, string name, string[] words)
    {
        if (result.Tokens is [var token] && !words.Contains(token.Value))
        {
            result.AddError($"{name} takes {string.Join(", ", words[..^1])} or {words[^1]}.");
        }
    }
}

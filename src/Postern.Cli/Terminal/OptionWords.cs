using System.CommandLine;

namespace Postern.Cli.Terminal;

/// <summary>Options that take one of a few words.</summary>
internal static class OptionWords
{
    /// <summary>With one sentence where the parser's own way takes a line for each word.</summary>
    public static void Take<T>(this Option<T> option, params string[] words)
        where T : class?
    {
        option.CompletionSources.Add(words);
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string?>() is { } word && !words.Contains(word))
            {
                result.AddError($"{option.Name} takes {string.Join(", ", words[..^1])} or {words[^1]}.");
            }
        });
    }
}

using System.CommandLine;
using System.CommandLine.Parsing;
using Postern.Cli;

namespace Postern.Tests.Commands;

/// <summary>Every option of every command, with values that it cannot take: the parser's own sentences speak of types of .NET.</summary>
public sealed class ComplaintTests
{
    /// <summary>No number, none of anybody's words, no address and no file.</summary>
    private const string Nonsense = "§nonsense";

    [Fact]
    public void No_option_answers_a_wrong_value_in_the_words_of_the_parser() => Tried(Nonsense).ShouldAllBe(tried =>
        tried.Errors.All(error => error.EndsWith('.') && !error.Contains('\n') && !error.Contains("type '") && !error.Contains("not recognized")));

    [Fact]
    public void No_option_takes_an_empty_value_as_if_it_were_not_there() => Tried("").ShouldAllBe(tried =>
        tried.Errors.Any(error => error.StartsWith(tried.Option) && error.Contains(" is empty")));

    [Fact]
    public void A_number_is_none_of_the_words() =>
        CommandTree.Create().Parse(["lab", "up", "two-homes", "--router", "1"]).Errors.Select(error => error.Message)
            .ShouldBe(["--router takes auto, kernel or tun."]);

    private static IEnumerable<(string Command, string Option, string[] Errors)> Tried(string value)
    {
        var root = CommandTree.Create();
        var options = Below(root, []).SelectMany(entry => entry.Command.Options.Select(option => (Path: entry.Path.Concat(Words(entry.Command)), Option: option)))
            .Where(entry => entry.Option.Arity.MaximumNumberOfValues > 0 && entry.Option.ValueType != typeof(bool)).ToArray();
        options.Length.ShouldBeGreaterThan(60, "the tree has not been walked");
        return options.Select(entry => ($"{string.Join(' ', entry.Path)}", entry.Option.Name, Errors(root, [.. entry.Path, entry.Option.Name, value])));
    }

    private static string[] Errors(Command root, string[] words) => [.. root.Parse(words).Errors.Where(error => IsOfTheValue(error)).Select(error => error.Message)];

    // Where an argument is missing, the parser may look no further.
    private static IEnumerable<string> Words(Command command) => command.Arguments.Select(_ => "ssh");

    // What is missing besides is another matter.
    private static bool IsOfTheValue(ParseError error) => error.SymbolResult is OptionResult { Tokens.Count: > 0 };

    private static IEnumerable<(Command Command, string[] Path)> Below(Command command, string[] path) =>
        command.Subcommands.SelectMany(child => Below(child, [.. path, child.Name])).Prepend((command, path));
}

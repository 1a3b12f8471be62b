using System.CommandLine;
using System.Text.RegularExpressions;
using Postern.Cli;
using Postern.Net.Tests.Networks;
using Postern.Protocol.Reasons;
using Postern.Tests.Commands;

namespace Postern.Tests.Repository;

/// <summary>Every reason that the program can name has a page, and the page says what the program says.</summary>
public sealed partial class ReasonPageTests : IDisposable
{
    private const string Folder = "docs/reasons";

    private readonly Person _person = new();

    public void Dispose() => _person.Dispose();

    [Fact]
    public void Every_reason_has_a_page_and_every_page_a_reason() =>
        Checkout.Files(Folder, "*.md").ShouldBe(ReasonCatalogue.All.Select(reason => reason.Page).Append($"{Folder}/README.md").Order(StringComparer.Ordinal));

    [Fact]
    public void The_index_holds_every_reason_once_with_its_sentence()
    {
        var rows = Row().Matches(Checkout.Read($"{Folder}/README.md")).Select(row => (row.Groups["id"].Value, row.Groups["page"].Value, row.Groups["text"].Value));
        rows.ShouldBe(ReasonCatalogue.All.Select(reason => (reason.Id, $"{reason.Id}.md", reason.Sentence)));
    }

    [Fact]
    public void Every_page_says_what_the_program_says()
    {
        foreach (var reason in ReasonCatalogue.All)
        {
            var page = Checkout.Read(reason.Page);
            page.ShouldStartWith($"# {reason.Id}\n\n> {reason.Sentence}\n");
            Remedies(page).ShouldBe(reason.Remedies, reason.Page);
            Array.ForEach(["**How Postern finds it.** ", "**What happens now.** ", "## Where it comes from\n"], part => page.ShouldContain(part, Case.Sensitive, reason.Page));
        }
    }

    [Fact]
    public void Every_reason_has_a_remedy_and_a_sentence_for_either_side()
    {
        foreach (var reason in ReasonCatalogue.All)
        {
            reason.Remedies.ShouldNotBeEmpty(reason.Id);
            reason.Remedies.ShouldAllBe(remedy => remedy.Length > 10 && !remedy.EndsWith('.'));
            reason.Sentence.ShouldMatch(@"^[A-Z][^{}]+\.$");
            (reason.SentenceOf(ReasonSide.You) == reason.SentenceOf(ReasonSide.Peer)).ShouldBe(!reason.IsOfOneSide, reason.Id);
        }
    }

    [Fact]
    public void Every_identifier_that_the_code_names_is_in_the_catalogue()
    {
        string[] files =
        [
            "src/Postern.Protocol/Nat/Forecast.cs", "src/Postern.Protocol/Nat/PunchOutlook.cs", "src/Postern.Protocol/Prediction/PredictionPlanner.cs",
            "src/Postern.Sessions/Calls/Prediction/PortPrediction.cs", "src/Postern.Sessions/Calls/CallReasons.cs", "src/Postern.Sessions/Calls/PlanReasons.cs",
        ];
        var named = files.SelectMany(file => Identifier().Matches(Checkout.Read(file))).Select(match => match.Groups["id"].Value).ToHashSet();
        named.Where(id => ReasonCatalogue.Find(id) is null).ShouldBeEmpty();
        ReasonCatalogue.All.Select(reason => reason.Id).Where(id => !named.Contains(id)).ShouldBeEmpty("these are never named");
    }

    [Fact]
    public void Every_command_that_a_page_shows_can_be_typed()
    {
        using var first = new Background(PosternProgram.Path, ["--version"]); // should something have to be built, then here
        first.WaitForExit(300).ExitCode.ShouldBe(0, first.Errors);
        var root = CommandTree.Create();
        var commands = Pages().SelectMany(Commands).Concat(ReasonCatalogue.All.SelectMany(reason => reason.Remedies).SelectMany(Quoted)).Distinct().ToArray();
        commands.Length.ShouldBeGreaterThan(5);
        foreach (var command in commands)
        {
            root.Parse(command["postern ".Length..]).Errors.Select(error => error.Message).ShouldBeEmpty(command);
        }

        foreach (var command in commands.Where(command => command.StartsWith("postern rules ", StringComparison.Ordinal)))
        {
            var written = _person.Run(command.Split(' ')[1..]);
            written.ExitCode.ShouldBe(0, $"{command}: {written.Errors}");
            written.Output.ShouldMatch("postern(-relay-only)?:relay", command);
        }
    }

    private static IEnumerable<string> Pages() => Checkout.Files(Folder, "*.md").Select(Checkout.Read);

    private static IEnumerable<string> Commands(string page) => Typed().Matches(page).Select(match => match.Groups["command"].Value);

    private static IEnumerable<string> Quoted(string remedy) => InQuotes().Matches(remedy).Select(match => match.Groups["command"].Value);

    /// <summary>The first list under its heading: lines that belong together are joined, and code is quoted as in a terminal.</summary>
    private static IEnumerable<string> Remedies(string page) =>
        Item().Matches(Section().Match(page).Groups["list"].Value).Select(item => string.Join(' ', item.Groups["text"].Value.Split('\n').Select(line => line.Trim())).Replace('`', '\''));

    [GeneratedRegex(@"^\| \[(?<id>[a-z-]+)\]\((?<page>[a-z-]+\.md)\) \| (?<text>.+) \|$", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("^## What you can do\n(?<list>(?:(?:- |  ).*\n)+)", RegexOptions.Multiline)]
    private static partial Regex Section();

    [GeneratedRegex("^- (?<text>.*(?:\n  .*)*)", RegexOptions.Multiline)]
    private static partial Regex Item();

    [GeneratedRegex("\"(?<id>[a-z]+(?:-[a-z]+)+|hairpin)\"")]
    private static partial Regex Identifier();

    [GeneratedRegex("(?:`|^)(?<command>postern [^`\n]+)(?:`|$)", RegexOptions.Multiline)]
    private static partial Regex Typed();

    [GeneratedRegex("'(?<command>postern [^']+)'")]
    private static partial Regex InQuotes();
}

using System.Text.RegularExpressions;

namespace Postern.Tests.Repository;

/// <summary>What the code cites has a page, and what the pages promise has a test.</summary>
public partial class CitationTests
{
    [Fact]
    public void Every_RFC_that_the_code_cites_has_a_page()
    {
        var missing = Checkout.Files("src", "*.cs").Concat(Checkout.Files("lab", "*.cs"))
            .SelectMany(path => Citation().Matches(Checkout.Read(path)).Select(match => $"docs/rfc/{match.Groups["number"].Value}.md"))
            .Distinct()
            .Where(page => !Checkout.Has(page))
            .Order(StringComparer.Ordinal);
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_test_that_a_page_names_exists()
    {
        var tests = TestNames();
        var missing = Checkout.Files("docs/rfc", "*.md")
            .SelectMany(page => NamedTests(page).Where(name => !tests.Contains(name)).Select(name => $"{page}: {name}"));
        missing.ShouldBeEmpty();
    }

    [Fact]
    public void Every_page_names_a_test() => Checkout.Files("docs/rfc", "*.md").Where(page => !NamedTests(page).Any()).ShouldBeEmpty();

    /// <summary>Sentences in backticks, with or without their class before a dot.</summary>
    private static IEnumerable<string> NamedTests(string page) =>
        Code().Matches(Checkout.Read(page))
            .Select(match => match.Groups["code"].Value.Split('.')[^1])
            .Where(code => Sentence().IsMatch(code) && code.Any(char.IsLower));

    private static HashSet<string> TestNames() =>
        [.. Checkout.Files("tests", "*.cs").SelectMany(path => Method().Matches(Checkout.Read(path)).Select(match => match.Groups["name"].Value))];

    [GeneratedRegex(@"\bRFC (?<number>\d{3,5}) (?:§|section)", RegexOptions.IgnoreCase)]
    private static partial Regex Citation();

    [GeneratedRegex("`(?<code>[^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex("^[A-Z][A-Za-z0-9]*(_[A-Za-z0-9]+)+$")]
    private static partial Regex Sentence();

    [GeneratedRegex(@"^ +public (?:static )?(?:async )?(?:void|Task|ValueTask) (?<name>\w+)\(", RegexOptions.Multiline)]
    private static partial Regex Method();
}

using System.Text.RegularExpressions;

namespace Postern.Tests.Repository;

/// <summary>Paths and links in README, CONTRIBUTING and docs lead somewhere.</summary>
public partial class PageTests
{
    [Fact]
    public void Every_path_that_a_page_names_exists() => Broken(Code(), LooksLikeAPath).ShouldBeEmpty();

    [Fact]
    public void Every_link_within_the_repository_leads_somewhere() => Broken(Link(), target => !Foreign().IsMatch(target)).ShouldBeEmpty();

    /// <summary>A path is written from the root of the repository or from the page's folder.</summary>
    private static IEnumerable<string> Broken(Regex pattern, Func<string, bool> counts) =>
        from page in Checkout.Pages()
        from Match match in pattern.Matches(Checkout.Read(page))
        let target = match.Groups["target"].Value
        where counts(target)
        where !Checkout.Has(target) && !Checkout.Has(Path.Combine(Path.GetDirectoryName(page)!, target))
        select $"{page}: {target}";

    /// <summary>No blanks, no wildcards, no placeholders, and either a folder of ours first or the ending of a file.</summary>
    private static bool LooksLikeAPath(string code) => Plain().IsMatch(code) && (Ours().IsMatch(code) || Ending().IsMatch(code));

    [GeneratedRegex("`(?<target>[^`\n]+)`")]
    private static partial Regex Code();

    [GeneratedRegex(@"\]\((?<target>[^)#\s]+)(?:#[^)]*)?\)")]
    private static partial Regex Link();

    [GeneratedRegex("^[a-z]+:")]
    private static partial Regex Foreign();

    [GeneratedRegex(@"^[\w.-]+(/[\w.-]+)*/?$|^\./[\w./-]+$")]
    private static partial Regex Plain();

    [GeneratedRegex(@"^(\./|(src|tests|docs|bench|lab|web|catalogue|\.ci)/)")]
    private static partial Regex Ours();

    [GeneratedRegex(@"/.*\.(cs|md|csproj|json|sql|txt|csv|sh)$|^[\w-]+\.md$")]
    private static partial Regex Ending();
}

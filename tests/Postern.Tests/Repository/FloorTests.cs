using System.Xml.Linq;

namespace Postern.Tests.Repository;

/// <summary>The floor table of CONTRIBUTING.md, held against the project files.</summary>
public class FloorTests
{
    private sealed record Row(string Floor, string Project, string MayReference);

    [Fact]
    public void Every_project_that_is_no_test_has_its_row_and_every_row_its_project() =>
        Projects().Select(Path.GetDirectoryName).ShouldBe(Table().Select(row => row.Project), ignoreOrder: true);

    [Fact]
    public void Projects_reference_only_what_the_table_allows()
    {
        var above = new List<string>();
        foreach (var row in Table())
        {
            var allowed = Allowed(row, above);
            foreach (var reference in Items(row, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/'))))
            {
                allowed.ShouldContain(reference, $"{row.Project} references {reference}, which the floor table does not allow");
            }

            above.Add(Path.GetFileName(row.Project));
        }
    }

    [Fact]
    public void Each_project_says_the_floor_that_it_stands_on()
    {
        foreach (var row in Table())
        {
            Project(row).Descendants("Floor").Select(floor => floor.Value).ShouldBe([row.Floor], row.Project);
        }
    }

    [Fact]
    public void Floor_1_has_no_packages_and_no_frameworks()
    {
        foreach (var row in Table().Where(row => row.Floor == "1"))
        {
            Items(row, "PackageReference").Concat(Items(row, "FrameworkReference")).Concat(Items(row, "Reference")).ShouldBeEmpty(row.Project);
        }
    }

    [Theory]
    [InlineData("1", "BannedSymbols.floor1.txt")]
    [InlineData("2", "BannedSymbols.floor2.txt")]
    public void A_floor_with_banned_symbols_has_them_as_errors(string floor, string symbols)
    {
        var group = XDocument.Parse(Checkout.Read("Directory.Build.props")).Descendants("ItemGroup")
            .Single(group => (string?)group.Attribute("Condition") == $"'$(Floor)' == '{floor}'");
        group.Elements("PackageReference").Select(Included).ShouldContain("Microsoft.CodeAnalysis.BannedApiAnalyzers");
        group.Elements("AdditionalFiles").Select(Included).ShouldContain($"$(MSBuildThisFileDirectory){symbols}");
        Checkout.Read(".editorconfig").ShouldContain("dotnet_diagnostic.RS0030.severity = error");
        Checkout.Lines(symbols).ShouldNotBeEmpty();
    }

    [Fact]
    public void Floor_1_silences_no_ban()
    {
        var offenders = Table().Where(row => row.Floor == "1").SelectMany(row => Checkout.Files(row.Project, "*"))
            .Where(path => Checkout.Read(path).Contains("RS0030", StringComparison.Ordinal));
        offenders.ShouldBeEmpty();
    }

    /// <summary>Rows of the first table under "## Floors".</summary>
    private static Row[] Table() =>
    [
        .. Checkout.Lines("CONTRIBUTING.md")
            .SkipWhile(line => line != "## Floors")
            .SkipWhile(line => !line.StartsWith('|'))
            .TakeWhile(line => line.StartsWith('|'))
            .Skip(2)
            .Select(line => line.Split('|', StringSplitOptions.TrimEntries))
            .Select(cells => new Row(cells[1], cells[2].Trim('`'), cells[4]))
            .Where(row => row.Project.StartsWith("src/", StringComparison.Ordinal) || row.Project.StartsWith("lab/", StringComparison.Ordinal)),
    ];

    private static string[] Allowed(Row row, List<string> above) => row.MayReference switch
    {
        "nothing" => [],
        "all above" => [.. above],
        var names => [.. names.Split(',', StringSplitOptions.TrimEntries).Select(name => name == "Postern" ? name : $"Postern.{name}")],
    };

    private static IEnumerable<string> Projects() => [.. Checkout.Files("src", "*.csproj"), .. Checkout.Files("lab", "*.csproj")];

    private static XDocument Project(Row row) => XDocument.Parse(Checkout.Read($"{row.Project}/{Path.GetFileName(row.Project)}.csproj"));

    private static IEnumerable<string> Items(Row row, string kind) => Project(row).Descendants(kind).Select(Included);

    private static string Included(XElement item) => (string)item.Attribute("Include")!;
}

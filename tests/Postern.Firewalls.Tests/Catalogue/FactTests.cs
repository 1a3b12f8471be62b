using System.Reflection;
using System.Text.RegularExpressions;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;
using Postern.Protocol.Nat;

namespace Postern.Tests.Catalogue;

/// <summary>Every numbered fact of the sources is where <c>catalogue/facts.csv</c> says.</summary>
public class FactTests
{
    private static readonly (string Letter, int Count)[] Numbered = [("A", 44), ("R", 18), ("S", 9), ("C", 5), ("T", 35), ("E", 11)];

    private static readonly Lazy<IReadOnlyList<string>> TestFiles = new(() =>
        [.. Directory.GetFiles(Path.Combine(CatalogueFiles.Root(), "tests"), "*Tests.cs", SearchOption.AllDirectories)]);

    public static TheoryData<FactRow> Rows => [.. FactRow.ReadAll()];

    [Fact]
    public void Every_numbered_fact_has_a_row_and_no_row_is_about_another()
    {
        var expected = Numbered.SelectMany(group => Enumerable.Range(1, group.Count).Select(number => $"{group.Letter}{number}"));
        FactRow.ReadAll().Select(row => row.Fact).Distinct().ShouldBe(expected, ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Rows), DisableDiscoveryEnumeration = true)]
    public void A_fact_is_where_its_row_says(FactRow row)
    {
        switch (row.Kind)
        {
            case "entry":
                CheckEntry(row);
                break;
            case "behaviour":
                CheckBehaviour(row);
                break;
            case "test":
                CheckTest(row);
                break;
            case "ephemeral":
                var range = EphemeralPorts.Find(row.Where).ShouldNotBeNull();
                (range.Stated?.ToString() ?? "", range.Ports.ToString()).ShouldBe((row.Stated, row.Right));
                break;
            default:
                Assert.Fail($"{row.Kind} is no kind of row.");
                break;
        }
    }

    [Fact]
    public void What_is_corrected_in_the_sources_own_applications_has_a_row_with_both()
    {
        var rows = FactRow.ReadAll().Where(row => row.Kind == "entry").ToArray();
        var corrected = ApplicationCatalogue.Embedded.Applications
            .SelectMany(application => application.Flows.Select(flow => (Name: $"{application.Id}/{flow.Id}", Flow: flow)))
            .Where(pair => pair.Flow.Confidence == FlowConfidence.Corrected && rows.Any(row => row.Where == pair.Name));
        corrected.ShouldAllBe(pair => rows.Any(row => row.Where == pair.Name && row.Stated.Length > 0 && row.Right.Length > 0));
        corrected.Count().ShouldBeGreaterThan(10);
    }

    private static void CheckEntry(FactRow row)
    {
        var (name, flowNames) = row.Where.Split('/') is [var id, var ids] ? (id, ids.Split('+')) : (row.Where, []);
        var application = ApplicationCatalogue.Embedded.Find(name).ShouldNotBeNull();
        application.Id.ShouldBe(name);
        Flow[] flows = [.. flowNames.Select(flow => application.Flows.Single(other => other.Id == flow))];
        row.Expect.ShouldNotBeEmpty();
        FactExpectation.Check(row.Expect, application, flows);
        if (row.Stated.Length > 0)
        {
            flows.ShouldContain(flow => flow.Stated != null && flow.Stated.Contains(row.Stated, StringComparison.Ordinal));
        }

        if (row.Right.Length > 0)
        {
            flows.ShouldContain(flow => Values(flow).Contains(row.Right));
        }
    }

    private static string[] Values(Flow flow) =>
    [
        .. flow.Protocols.Select(EntryWords.Of), EntryWords.Of(flow.Need), .. new[] { flow.SourcePorts, flow.DestinationPorts }
            .SelectMany(ports => new[] { ports.ToString(), ports is PortExpression.Variable variable ? variable.Default.ToString() : "" }),
    ];

    /// <summary>A type or a member of one that this project references; else a file, and the words in it.</summary>
    private static void CheckBehaviour(FactRow row)
    {
        if (row.Where.Contains('/', StringComparison.Ordinal))
        {
            File.ReadAllText(Path.Combine(CatalogueFiles.Root(), row.Where)).ShouldContain(row.Expect);
            return;
        }

        Assembly[] assemblies = [typeof(PortSet).Assembly, typeof(PortRuleKind).Assembly];
        var dot = row.Where.LastIndexOf('.');
        var isThere = Array.Exists(assemblies, assembly =>
            assembly.GetType(row.Where) is not null || assembly.GetType(row.Where[..dot])?.GetMember(row.Where[(dot + 1)..]).Length > 0);
        isThere.ShouldBeTrue($"{row.Where} is neither a type nor a member of one");
    }

    private static void CheckTest(FactRow row)
    {
        var (type, method) = row.Where.Split('.') is [var first, var second] ? (first, second) : throw new FormatException(row.Where);
        var files = TestFiles.Value.Where(path => Path.GetFileNameWithoutExtension(path) == type).ToArray();
        files.ShouldNotBeEmpty($"there is no {type}.cs");
        files.ShouldContain(path => Regex.IsMatch(File.ReadAllText(path), $@"^    public (?:async )?(?:void|Task) {Regex.Escape(method)}\(", RegexOptions.Multiline));
    }
}

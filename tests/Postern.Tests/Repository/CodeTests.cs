using System.Text.RegularExpressions;

namespace Postern.Tests.Repository;

/// <summary>The rules of CONTRIBUTING.md on files and names.</summary>
public partial class CodeTests
{
    private const int LongestFile = 400;
    private const int Median = 80;

    [Fact]
    public void No_file_is_longer_than_400_lines() =>
        Checkout.Code().Select(path => (Path: path, Checkout.Lines(path).Length)).Where(file => file.Length > LongestFile).ShouldBeEmpty();

    [Fact]
    public void The_median_file_under_src_is_shorter_than_80_lines()
    {
        var lengths = Checkout.Files("src", "*.cs").Select(path => Checkout.Lines(path).Length).Order().ToArray();
        lengths[lengths.Length / 2].ShouldBeLessThan(Median);
    }

    /// <summary>Those without types (attributes of an assembly, a program's first statements) may have any name.</summary>
    [Fact]
    public void A_file_under_src_has_the_name_of_a_type_in_it()
    {
        var strangers = Checkout.Files("src", "*.cs")
            .Where(path => Types(path).Any() && !Types(path).Contains(Path.GetFileName(path).Split('.')[0]));
        strangers.ShouldBeEmpty();
    }

    /// <summary>A closed family may live together: every other type derives from the one that names the file.</summary>
    [Fact]
    public void A_file_under_src_has_one_public_type_or_one_family()
    {
        var crowded = Checkout.Files("src", "*.cs").Where(path =>
        {
            var name = Path.GetFileName(path).Split('.')[0];
            return PublicType().Matches(Checkout.Read(path))
                .Select(type => (Name: type.Groups["name"].Value, Bases: type.Groups["bases"].Value))
                .Any(type => type.Name != name && !Regex.IsMatch(type.Bases, $@"\b{name}\b"));
        });
        crowded.ShouldBeEmpty();
    }

    [Fact]
    public void No_type_under_src_has_a_name_that_says_nothing()
    {
        var names = Checkout.Files("src", "*.cs").SelectMany(Types).Where(name => EmptyName().IsMatch(name));
        names.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_to_do()
    {
        var marks = Checkout.Code().Concat(Checkout.Pages()).Concat(["postern", "test", ".ci/run", ".ci/build.sh"])
            .Where(path => Mark().IsMatch(Checkout.Read(path)));
        marks.ShouldBeEmpty();
    }

    private static IEnumerable<string> Types(string path) => AnyType().Matches(Checkout.Read(path)).Select(match => match.Groups["name"].Value);

    [GeneratedRegex(@"^[ ]*(?:(?:public|internal|private|protected|file|sealed|abstract|static|readonly|partial|ref|unsafe) )*(?:class|struct|interface|enum|record|record struct|record class|delegate [\w<>\[\]?, ]+?) (?<name>\w+)\s*[(<:{;\n]", RegexOptions.Multiline)]
    private static partial Regex AnyType();

    // File-scoped namespaces put the types of a file at the beginning of a line; its bases stand before the first brace.
    [GeneratedRegex(@"^public (?:(?:sealed|abstract|static|readonly|partial|ref|unsafe) )*(?:class|struct|interface|enum|record|record struct|record class) (?<name>\w+)(?<bases>[^{;]*)", RegexOptions.Multiline)]
    private static partial Regex PublicType();

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Utilities|Base|Impl|Processor|Info)$")]
    private static partial Regex EmptyName();

    [GeneratedRegex(@"\b(TO(?:DO)|FIX(?:ME)|X(?:XX))\b")]
    private static partial Regex Mark();
}

using System.Reflection;
using Postern.Cli;
using Postern.Tests.Repository;

namespace Postern.Tests.Library;

/// <summary>That the pages say what the code does.</summary>
public class DocumentationTests
{
    [Fact]
    public void Exit_codes_are_those_of_the_documentation()
    {
        var documented = Checkout.Read("docs/exit-codes.md").Split('\n')
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal) && char.IsDigit(line[2]))
            .Select(line => int.Parse(line.Split('|')[1].Trim(), System.Globalization.CultureInfo.InvariantCulture));
        int[] ofTheScript = [126, 127];
        var inCode = typeof(ExitCode).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (int)field.GetRawConstantValue()!);
        documented.ShouldBe(inCode.Concat(ofTheScript).Order());
    }

    [Fact]
    public void The_program_in_the_README_is_the_one_that_a_test_runs()
    {
        var readme = Checkout.Read("README.md");
        var start = readme.IndexOf("```csharp\n", StringComparison.Ordinal) + 10;
        var shown = readme[start..readme.IndexOf("```", start, StringComparison.Ordinal)].Replace("new(\"ws://203.0.113.7:4780/switchboard\")", "url", StringComparison.Ordinal);
        var tested = Checkout.Read("tests/Postern.Tests/Library/PosternClientTests.cs");
        foreach (var line in shown.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            tested.ShouldContain(line);
        }
    }
}

using System.Text.Json;
using Postern.Net.Tests.Networks;

namespace Postern.Tests.Catalogue;

/// <summary><c>postern catalogue</c> as its user types it, in a home that has nothing in it.</summary>
public sealed class CatalogueCommandTests : IDisposable
{
    private const string Mine = """
        {"id": "mine", "title": "My own", "roles": {"client": "c", "server": "s"}, "sources": ["me"],
         "flows": [{"id": "talk", "from": "client", "to": "server", "proto": ["tcp"], "dst": "9", "why": "It talks.", "confidence": "observed"}]}
        """;

    private readonly string _home = Directory.CreateTempSubdirectory("postern-catalogue-").FullName;

    private string Applications => Path.Combine(_home, "config", "postern", "applications");

    [Fact]
    public void It_needs_no_name_and_no_home()
    {
        Run("--version").Succeeded.ShouldBeTrue(); // should something have to be built, then here
        var nowhere = new Dictionary<string, string> { ["HOME"] = "", ["XDG_CONFIG_HOME"] = "", ["XDG_STATE_HOME"] = "" };
        using var run = new Background(PosternProgram.Path, ["catalogue", "show", "skype"], nowhere);
        var outcome = run.WaitForExit(60);
        (outcome.ExitCode, outcome.Errors).ShouldBe((0, ""));
        outcome.Output.ShouldContain("towards ports 80, 443 of the peer");
        Run("catalogue", "list").Succeeded.ShouldBeTrue();
        Directory.Exists(Path.Combine(_home, "config")).ShouldBeFalse(); // nothing is written by looking
    }

    [Fact]
    public void A_users_entry_adds_and_takes_the_place_of_ours()
    {
        Write("mine.json", Mine);
        Write("skype.json", Mine.Replace("\"mine\"", "\"skype\"", StringComparison.Ordinal));
        Run("catalogue", "show", "mine").Output.ShouldContain("It talks.");
        Run("catalogue", "show", "skype").Output.ShouldStartWith("My own (skype)");
        Run("catalogue", "port", "9/tcp").Output.ShouldContain("mine:talk");
    }

    [Fact]
    public void A_users_file_that_is_no_entry_is_named_and_passed_over()
    {
        Write("broken.json", Mine.Replace("\"dst\"", "\"dts\"", StringComparison.Ordinal));
        var outcome = Run("catalogue", "show", "skype");
        outcome.ExitCode.ShouldBe(0);
        outcome.Errors.ShouldContain("broken.json is passed over: flows[0].dts: is no property of a catalogue entry.");
        File.CreateSymbolicLink(Path.Combine(Applications, "dangling.json"), "/nonsuch");
        outcome = Run("catalogue", "show", "skype");
        (outcome.ExitCode, outcome.Errors.Contains("dangling.json is passed over: ", StringComparison.Ordinal)).ShouldBe((0, true));
    }

    [Fact]
    public void Check_names_what_is_wrong_and_what_is_odd()
    {
        var wrong = Write("wrong.json", Mine.Replace("\"9\"", "\"http\"", StringComparison.Ordinal).Replace("\"mine\"", "\"Mine\"", StringComparison.Ordinal));
        var outcome = Run("catalogue", "check", wrong);
        outcome.ExitCode.ShouldBe(1);
        outcome.Output.ShouldContain("error: flows[0].dst: names no ports");
        outcome.Output.ShouldContain("error: id: must be lower-case letters, digits and hyphens.");

        var odd = Write("odd.json", Mine.Replace("\"9\"", "\"${listen:50000}\"", StringComparison.Ordinal));
        outcome = Run("catalogue", "check", odd);
        outcome.ExitCode.ShouldBe(0);
        outcome.Output.ShouldContain("warning: flows[0].dst: has a default inside 49152-65535");
        outcome.Output.ShouldContain("mine is right, with 1 warning. It would be a new one.");
    }

    [Theory]
    [InlineData(1, "show", "nonsuch")]
    [InlineData(1, "search", "nonsuch")]
    [InlineData(1, "flow", "udp", "1", "1")]
    [InlineData(1, "check", "/nonsuch")]
    [InlineData(2, "port", "http")]
    [InlineData(2, "port", "80/tpc")]
    [InlineData(2, "list", "--status", "dead")]
    [InlineData(2, "flow", "tcp", "any", "80", "--to", "example.org")]
    public void What_is_not_there_and_what_makes_no_sense_have_their_codes_and_one_sentence(int code, params string[] arguments)
    {
        var outcome = Run([.. arguments.Prepend("catalogue")]);
        outcome.ExitCode.ShouldBe(code);
        outcome.Output.ShouldBeEmpty();
        outcome.Errors.Trim().Split('\n').ShouldHaveSingleItem().ShouldStartWith("postern: ");
    }

    [Fact]
    public void Json_is_one_object_a_line()
    {
        foreach (var arguments in new string[][] { ["list"], ["search", "chat"], ["port", "5222"], ["flow", "udp", "14357", "443"], ["show", "skype"] })
        {
            var outcome = Run([.. arguments.Prepend("catalogue"), "--json"]);
            outcome.ExitCode.ShouldBe(0);
            foreach (var line in outcome.Output.TrimEnd('\n').Split('\n'))
            {
                using var json = JsonDocument.Parse(line);
                json.RootElement.ValueKind.ShouldBe(JsonValueKind.Object);
            }
        }
    }

    [Fact]
    public void What_show_prints_as_JSON_is_an_entry_again() =>
        Run("catalogue", "check", Write("copy.json", Run("catalogue", "show", "kazaa-lite", "--json").Output)).Output.ShouldStartWith("kazaa-lite is right.");

    [Fact]
    public void The_help_is_a_manual()
    {
        var help = Run("catalogue", "--help").Output;
        help.ShouldContain("Files:");
        help.ShouldContain("Examples:");
        help.ShouldContain("Exit codes:");
        Run("--help").Output.ShouldNotContain("Exit codes:"); // the manual belongs to its command alone
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);

    private Outcome Run(params string[] arguments)
    {
        using var run = new Background(PosternProgram.Path, arguments, PosternProgram.HomeIn(_home));
        return run.WaitForExit(300);
    }

    private string Write(string name, string text)
    {
        Directory.CreateDirectory(Applications);
        var path = Path.Combine(Applications, name);
        File.WriteAllText(path, text);
        return path;
    }
}

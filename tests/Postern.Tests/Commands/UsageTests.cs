namespace Postern.Tests.Commands;

/// <summary>What a command line that makes no sense, or asks for help, is answered.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly Person _person = new();

    public void Dispose() => _person.Dispose();

    [Theory]
    [InlineData]
    [InlineData("--nonsense")]
    [InlineData("frobnicate")]
    [InlineData("chat", "echo", "hello", "again")]
    [InlineData("chat", "No Body", "hello")]
    [InlineData("chat", "echo", "hello", "--probe", "loud")]
    [InlineData("ping", "echo", "--probe")]
    [InlineData("login", "alice", "--probe", "Polite")]
    [InlineData("ping")]
    [InlineData("ping", "No Body")]
    [InlineData("ping", "echo", "--count")]
    [InlineData("ping", "echo", "--count", "many")]
    [InlineData("ping", "echo", "--count", "-1")]
    [InlineData("ping", "echo", "--interval", "soon")]
    [InlineData("ping", "echo", "--interval", "0")]
    [InlineData("why", "No Body")]
    [InlineData("login", "@")]
    [InlineData("login", "one@two@three")]
    [InlineData("login", "alice@not/a/host")]
    [InlineData("status", "--profile", "../other")]
    [InlineData("up", "--listen", "nonsense")]
    [InlineData("up", "--listen", "127.0.0.1:99999")]
    [InlineData("up", "--public-address", "nonsense")]
    [InlineData("up", "--allow-peer", "nonsense")]
    [InlineData("punch", "listen", "--port", "70000")]
    [InlineData("punch", "listen", "--for", "ever")]
    [InlineData("punch", "open", "203.0.113.7")]
    [InlineData("punch", "open", "203.0.113.7:53", "--ttl", "none")]
    [InlineData("punch", "send", "203.0.113.7:53")]
    [InlineData("lab", "grid", "--compare", "skype")]
    [InlineData("lab", "compare", "--products", "frp,skype")]
    [InlineData("lab", "compare", "--pairs", "linux")]
    [InlineData("lab", "compare", "--pairs", "linux+nobody")]
    [InlineData("lab", "compare", "--loss", "100")]
    [InlineData("lab", "grid", "--boxes", "nonsense")]
    [InlineData("lab", "grid", "--peer", "netscape")]
    [InlineData("lab", "grid", "--pairs", "linux+linux")]
    [InlineData("lab", "grid", "--real", "--pairs", "linux")]
    [InlineData("lab", "grid", "--real", "--pairs", "linux+random", "--boxes", "linux")]
    [InlineData("lab", "grid", "--meetings", "/dev/null")]
    [InlineData("lab", "grid", "--meetings", "")]
    [InlineData("lab", "grid", "--boxes", "")]
    [InlineData("lab", "grid", "--boxes", ",")]
    [InlineData("lab", "grid", "--peer", ",")]
    [InlineData("lab", "grid", "--real", "--pairs", ",")]
    [InlineData("lab", "grid", "--compare", ",")]
    [InlineData("lab", "grid", "--boxes", "linux", "--out", "")]
    [InlineData("lab", "compare", "--pairs", ",")]
    [InlineData("lab", "compare", "--products", ",")]
    [InlineData("lab", "up", "two-homes", "--router", "foo")]
    [InlineData("lab", "up", "two-homes", "--router", "1")]
    [InlineData("learn", "")]
    [InlineData("learn", "/dev/null", "--format", "nope")]
    [InlineData("learn", "/dev/null", "--stage", "0")]
    [InlineData("learn", "/dev/null", "--max-hosts", "0")]
    [InlineData("learn", "harness", "--host", "192.0.2.1", "--minutes", "long")]
    [InlineData("learn", "harness", "--host", "192.0.2.1", "--nflog", "70000")]
    [InlineData("rules", "ssh", "--zones", "")]
    [InlineData("catalogue", "flow", "icmp", "--type", "256")]
    [InlineData("catalogue", "check", "")]
    [InlineData("completion", "fish")]
    public void What_makes_no_sense_is_one_sentence_and_code_2(params string[] arguments)
    {
        var refused = _person.Run(arguments);
        refused.ExitCode.ShouldBe(2, refused.Errors);
        refused.Output.ShouldBeEmpty();
        refused.Errors.ShouldEndWith(".\n");
        refused.Errors.Count(character => character == '\n').ShouldBe(1, refused.Errors);
        refused.Errors.ShouldNotContain("System.");
        refused.Errors.ShouldNotContain(@"\n", Case.Sensitive, "two lines that were made one");
    }

    [Theory]
    [InlineData("postern", "--nonsense")]
    [InlineData("postern lab", "lab", "frobnicate")]
    [InlineData("postern lab grid", "lab", "grid", "--nonsense")]
    [InlineData("postern lab grid", "lab", "grid", "--seeds", "many")]
    [InlineData("postern lab grid", "lab", "grid", "--seeds")]
    [InlineData("postern lab up", "lab", "up")]
    [InlineData("postern ping", "ping", "echo", "--probe", "loud")]
    [InlineData("postern learn harness", "learn", "harness")]
    [InlineData("postern catalogue flow", "catalogue", "flow")]
    public void A_complaint_ends_with_the_help_of_the_command_that_was_typed(string command, params string[] arguments) =>
        _person.Run(arguments).Errors.ShouldEndWith($". '{command} --help' lists what there is.\n");

    [Theory]
    [InlineData("Which command of 'postern lab'?", "lab")]
    [InlineData("HOST and COMMAND are missing.", "lab", "run")]
    [InlineData("COMMAND is missing.", "lab", "run", "alice")]
    [InlineData("NAME is missing.", "ping")]
    public void What_is_missing_is_named(string sentence, params string[] arguments) =>
        _person.Run(arguments).Errors.ShouldStartWith($"postern: {sentence} ");

    [Fact]
    public void A_word_that_nobody_knows_is_named() => _person.Run("frobnicate").Errors.ShouldContain("'frobnicate'");

    [Theory]
    [InlineData("", "up", "login", "chat", "ping", "why", "check", "punch", "status", "catalogue", "rules", "learn", "lab", "completion", "--json", "--profile", "--version")]
    [InlineData("up", "--listen", "--public-address", "--data", "--allow-peer")]
    [InlineData("login", "NAME[@SERVER]", "--probe")]
    [InlineData("chat", "NAME", "text", "--wait", "--probe", "the more careful word holds")]
    [InlineData("ping", "NAME", "--count", "--interval", "--probe", "quiet|polite|bold|fast")]
    [InlineData("why", "NAME")]
    [InlineData("check", "--server", "--stun", "--port", "--samples", "Examples:", "Exit codes:", "12  blocked")]
    [InlineData("status", "--server")]
    [InlineData("catalogue", "list", "search", "show", "port", "flow", "check")]
    [InlineData("catalogue show", "<APP>")]
    [InlineData("rules", "<APP>", "--for", "--at", "--zones", "--family", "--format", "--into", "--whole", "--undo", "--strict", "--deny", "--except", "--apply", "Examples:", "Exit codes:")]
    [InlineData("catalogue list")]
    [InlineData("catalogue search")]
    [InlineData("catalogue port")]
    [InlineData("catalogue flow")]
    [InlineData("catalogue check")]
    [InlineData("learn", "LOG", "--format", "--save", "--json", "harness", "Examples:", "Exit codes:")]
    [InlineData("lab", "up", "down", "run", "trace", "grid", "compare")]
    [InlineData("lab grid", "--boxes", "--seeds", "--out", "--compare", "--real", "--peer", "chromium", "libnice", "--pairs", "--meetings")]
    [InlineData("lab compare", "--pairs", "--products", "--seeds", "--loss")]
    [InlineData("punch", "listen", "send", "open")]
    [InlineData("punch listen", "--port", "--count", "--for")]
    [InlineData("punch send", "HOST:PORT", "TEXT", "--from-port")]
    [InlineData("punch open", "HOST:PORT", "--from-port", "--ttl")]
    public void Help_is_there_for_every_command_under_the_name_that_is_typed(string command, params string[] words)
    {
        var help = _person.Run([.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"]);
        help.ExitCode.ShouldBe(0, help.Errors);
        help.Output.ShouldContain($"Usage:\n  {$"postern {command}".Trim()}");
        Array.ForEach([.. words, "--json", "--profile"], word => help.Output.ShouldContain(word));
        help.Output.Split('\n').ShouldAllBe(line => line.Length < 400, "a line that nobody can read");
    }

    /// <summary>What reads logs takes their names before its own subcommand too.</summary>
    [Fact]
    public void Help_of_the_harness_says_what_it_does()
    {
        var help = _person.Run("learn", "harness", "--help");
        help.ExitCode.ShouldBe(0, help.Errors);
        Array.ForEach(["--host <HOST>", "--minutes <N>", "--nflog <GROUP>", "Usage:\n  postern learn ", "Examples:", "Exit codes:"], word => help.Output.ShouldContain(word, Case.Sensitive));
    }
}

using Postern.Net.Tests.Networks;

namespace Postern.Tests.Repository;

/// <summary>Every command that a page shows is typed, and prints what the page says.</summary>
public class TranscriptTests
{
    private static readonly bool IsRoot = Environment.IsPrivilegedProcess && File.Exists("/usr/sbin/nft");

    private const string Sample = """
        Some text.
        ```console
        $ echo one; echo two three
        one
        two …
        $ sh -c 'echo listening on $((40 + 2)); exec sleep 60'
        listening on 42
        ```
        ```sh
        ./postern hidden
        ```
        ```console
        $ test -d "$HOME"
        $ printf 'a\nb\nc\nd\n'
        a
        …
        d
        ```
        """;

    /// <summary>A page is one session: its blocks follow each other, and what its earlier ones started still runs in its later ones.</summary>
    [Fact]
    public void Every_command_of_a_page_does_what_the_page_says()
    {
        // Should something have to be built, then here, where there is a network to fetch packages from.
        using var first = new Background(PosternProgram.Path, ["--version"]);
        first.WaitForExit(300).ExitCode.ShouldBe(0, first.Errors);

        foreach (var page in Checkout.Pages())
        {
            var steps = Transcript.Parse(Checkout.Read(page)).Where(step => IsOurs(step.Command) && (IsRoot || !NeedsRoot(step.Command))).ToArray();
            if (steps.Length > 0)
            {
                using var terminal = new Terminal(RunsOn); // as root, the network in which it types is its own
                Array.ForEach(steps, terminal.Type);
                terminal.Interrupt();
            }
        }
    }

    /// <summary>So that nobody takes a run without root for the whole.</summary>
    [Fact]
    public void Commands_that_need_root_are_typed_too()
    {
        Checkout.Pages().SelectMany(page => Transcript.Parse(Checkout.Read(page))).Count(step => NeedsRoot(step.Command)).ShouldBeGreaterThan(5);
        Assert.SkipUnless(IsRoot, "Not root, or without nft: what the pages type with sudo is not typed here.");
    }

    [Fact]
    public void No_page_hides_a_command_from_this_test() =>
        Checkout.Pages().SelectMany(page => Transcript.Unmarked(Checkout.Read(page)).Select(command => $"{page}: {command}")).ShouldBeEmpty();

    [Fact]
    public void A_page_is_read_as_it_is_meant()
    {
        var steps = Transcript.Parse(Sample);
        steps.Select(step => step.Command).ShouldBe(
            ["echo one; echo two three", "sh -c 'echo listening on $((40 + 2)); exec sleep 60'", "test -d \"$HOME\"", @"printf 'a\nb\nc\nd\n'"]);
        steps[0].ShouldBe(new(3, steps[0].Command, "one\ntwo …"));
        steps[2].Expected.ShouldBeEmpty();
        Transcript.Unmarked(Sample).ShouldBe(["./postern hidden"]);
    }

    [Theory]
    [InlineData("a\n…\nd", "a\nb\nc\nd\n", true)]
    [InlineData("a\n…\nd", "a\nd\n", true)]
    [InlineData("a\n…\nd", "a\nb\n", false)]
    [InlineData("took … ms", "\u001b[32mtook 12 ms\u001b[0m  \n", true)]
    [InlineData("took … ms", "took 12 ms\nand more\n", false)]
    [InlineData("", "anything\n", true)]
    public void Three_dots_stand_for_anything_and_nothing_else_does(string expected, string printed, bool matches) =>
        Transcript.Matches(expected, printed).ShouldBe(matches);

    [Fact]
    public void A_terminal_finds_what_is_right_and_what_is_not()
    {
        var runsOn = (string command) => command.Contains("sleep", StringComparison.Ordinal);
        using (var terminal = new Terminal(runsOn))
        {
            foreach (var step in Transcript.Parse(Sample))
            {
                terminal.Type(step);
            }

            Should.Throw<ShouldAssertException>(() => terminal.Type(new(1, "echo wrong", "right"))).Message.ShouldContain("where its page says");
            Should.Throw<ShouldAssertException>(() => terminal.Type(new(1, "echo so; exit 3", "so"))).Message.ShouldContain("code 3");
            terminal.Interrupt();
        }
    }

    private static bool IsOurs(string command) => command.Contains("./postern ", StringComparison.Ordinal) || NeedsRoot(command);

    private static bool NeedsRoot(string command) => command.Contains("sudo ", StringComparison.Ordinal);

    private static bool RunsOn(string command) =>
        command.StartsWith("./postern up", StringComparison.Ordinal) || command.StartsWith("./postern punch listen", StringComparison.Ordinal);
}

using Postern.Net.Tests.Networks;

namespace Postern.Tests.Commands;

/// <summary>What the tabulator finds, in a real shell that has read our script.</summary>
public class CompletionTests
{
    [Theory]
    [InlineData("le", "learn rules")]
    [InlineData("learn --form", "--format")]
    [InlineData("learn --format nftab", "nftables")]
    [InlineData("learn harness --format shor", "shorewall")]
    [InlineData("chat --prob", "--probe")]
    [InlineData("chat --probe f", "fast")]
    [InlineData("rules skyp", "skype")]
    [InlineData("catalogue show xmp", "xmpp")]
    [InlineData("completion z", "zsh")]
    public void Bash_completes(string typed, string found)
    {
        var first = found.Split(' ')[0];
        var script = $$"""
            source <('{{PosternProgram.Path}}' completion bash)
            COMP_LINE='{{PosternProgram.Path}} {{typed}}'
            COMP_POINT=${#COMP_LINE}
            COMP_WORDS=($COMP_LINE)
            COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
            _postern
            printf '%s\n' "${COMPREPLY[@]}"
            complete -p postern
            """;
        using var bash = new Background("bash", ["-c", script]);
        var outcome = bash.WaitForExit(300);
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        outcome.Output.Split('\n').ShouldContain(first);
        outcome.Output.ShouldContain("complete -o default -F _postern postern");
    }

    /// <summary>The function that zsh calls, in a real zsh; what it hands to the shell is printed instead.</summary>
    [Theory]
    [InlineData("le", "learn")]
    [InlineData("chat --prob", "--probe")]
    [InlineData("chat --probe f", "fast")]
    [InlineData("rules skyp", "skype")]
    public void Zsh_completes(string typed, string found)
    {
        RequireZsh();
        var script = $$"""
            compdef() { registered="$*" }
            compadd() { print -l -- "${@[2,-1]}" }
            source <('{{PosternProgram.Path}}' completion zsh)
            BUFFER='{{PosternProgram.Path}} {{typed}}'
            CURSOR=${#BUFFER}
            words=(${=BUFFER})
            _postern
            print -- "$registered"
            """;
        using var zsh = new Background("zsh", ["-f", "-c", script]);
        var outcome = zsh.WaitForExit(300);
        outcome.ExitCode.ShouldBe(0, outcome.Errors);
        outcome.Output.Split('\n').ShouldContain(found);
        outcome.Output.ShouldContain("_postern postern ./postern");
    }

    [Fact]
    public void Nothing_fits_and_nothing_is_said()
    {
        using var run = new Background(PosternProgram.Path, ["[suggest:15]", "postern nonsuch"]);
        var outcome = run.WaitForExit(300);
        (outcome.ExitCode, outcome.Output, outcome.Errors).ShouldBe((0, "", ""));
    }

    [Fact]
    public void Zsh_has_a_script_too_and_no_other_shell_has()
    {
        using var zsh = new Background(PosternProgram.Path, ["completion", "zsh"]);
        zsh.WaitForExit(300).Output.ShouldStartWith("#compdef postern\n");
        using var fish = new Background(PosternProgram.Path, ["completion", "fish"]);
        fish.WaitForExit(300).ExitCode.ShouldBe(2);
    }

    private static void RequireZsh()
    {
        const string Missing = "zsh is not installed.";
        var isThere = File.Exists("/usr/bin/zsh");
        Assert.SkipUnless(isThere || Environment.GetEnvironmentVariable("CI") == "true", Missing);
        Assert.True(isThere, Missing);
    }
}

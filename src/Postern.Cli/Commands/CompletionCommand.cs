using System.CommandLine;
using Postern.Cli.Terminal;

namespace Postern.Cli.Commands;

/// <summary><c>postern completion SHELL</c>: what the shell needs to complete our words with the tabulator.</summary>
internal static class CompletionCommand
{
    private const string Bash = """
        _postern() {
            local IFS=$'\n' word=${COMP_WORDS[COMP_CWORD]}
            COMPREPLY=($(compgen -W "$("${COMP_WORDS[0]}" "[suggest:$COMP_POINT]" "$COMP_LINE" 2>/dev/null)" -- "$word"))
        }
        complete -o default -F _postern postern ./postern
        """;

    private const string Zsh = """
        #compdef postern
        _postern() {
            local -a found
            found=("${(@f)$("${words[1]}" "[suggest:$CURSOR]" "$BUFFER" 2>/dev/null)}")
            compadd -- $found || _files
        }
        compdef _postern postern ./postern
        """;

    private const string Manual = """
        In this shell alone:
          source <(postern completion bash)

        For good:
          postern completion bash > ~/.local/share/bash-completion/completions/postern
          postern completion zsh > ~/.zsh/functions/_postern        (a folder of $fpath)

        Exit codes:
          0  the script was written
          2  no such shell
        """;

    public static Command Create()
    {
        var shell = new Argument<string>("SHELL") { Description = "bash or zsh." };
        shell.Take("bash", "zsh");
        var command = new DocumentedCommand("completion", "Writes the script with which a shell completes commands, options and names of applications.", Manual) { shell };
        command.SetAction(parsed => Console.Out.WriteLine(parsed.GetRequiredValue(shell) == "zsh" ? Zsh : Bash));
        return command;
    }
}

using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Postern.Cli.Terminal;

/// <summary>The usual help, and the manual of a <see cref="DocumentedCommand"/> after it.</summary>
internal sealed class ManualHelp(HelpAction usual) : SynchronousCommandLineAction
{
    /// <summary>Who asks for help need not have typed the rest.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is DocumentedCommand command)
        {
            parseResult.InvocationConfiguration.Output.WriteLine(command.Manual);
        }

        return code;
    }

    /// <summary>Puts it in the place of the usual help, for the whole tree.</summary>
    public static void Install(Command root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction usual)
            {
                option.Action = new ManualHelp(usual);
            }
        }
    }
}

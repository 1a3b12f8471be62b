using System.Reflection;
using Postern.Cli;
using Postern.Cli.Firewalls;

// The version is asked for by scripts: it must not wait for the command tree.
if (args is ["--version"])
{
    Console.WriteLine(typeof(CommandTree).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
    return ExitCode.Success;
}

if (args is ["learn", not "harness", ..])
{
    LearnRehearsal.Begin(); // while the command tree is made, other processors have nothing to do
}

return await CommandTree.RunAsync(args).ConfigureAwait(false);

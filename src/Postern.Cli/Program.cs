using System.Reflection;
using Postern.Cli;

// The version is asked for by scripts: it must not wait for the command tree.
if (args is ["--version"])
{
    Console.WriteLine(typeof(CommandTree).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
    return ExitCode.Success;
}

return await CommandTree.RunAsync(args).ConfigureAwait(false);

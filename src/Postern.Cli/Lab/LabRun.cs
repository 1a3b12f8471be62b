using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Kernel;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab run</c>: this process becomes the program.</summary>
internal static class LabRun
{
    public static int Run(string? lab, string host, string[] command)
    {
        LabNetworks.RequireRoot();
        var (state, member) = LabNetworks.Find(lab, host);
        HostProgram.Become(state.Name, member.Name, command);
        return ExitCode.Failure; // it does not come back
    }
}

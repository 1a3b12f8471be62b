using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Topologies;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab up</c>.</summary>
internal static class LabUp
{
    public static int Run(string topology, string? name, string[] boxes, RouterKind router, Output output)
    {
        var isReady = ReadyTopologies.All.ContainsKey(topology);
        if (!isReady && (boxes.Length > 0 || router != RouterKind.Auto))
        {
            throw new CliException(ExitCode.Usage, "--box and --router are for ready topologies; a file says them itself.");
        }

        if (!isReady && !File.Exists(topology))
        {
            throw new CliException(ExitCode.Usage, $"'{topology}' is no file and no ready topology; those are {string.Join(", ", ReadyTopologies.All.Keys)}.");
        }

        var described = isReady ? Ready(topology, boxes, router) : Read(topology);
        var state = LabNetworks.Up(name ?? Path.GetFileNameWithoutExtension(topology), described, Environment.ProcessPath!);
        Say(state, output);
        return ExitCode.Success;
    }

    private static Topology Ready(string name, string[] boxes, RouterKind router)
    {
        try
        {
            return ReadyTopologies.Make(name, boxes, router);
        }
        catch (LabException e)
        {
            throw new CliException(ExitCode.Usage, e.Message);
        }
    }

    private static Topology Read(string file)
    {
        try
        {
            return TopologyJson.Read(File.ReadAllText(file), Path.GetDirectoryName(Path.GetFullPath(file)));
        }
        catch (LabException e)
        {
            throw new CliException(ExitCode.Usage, $"{file}: {e.Message}");
        }
    }

    private static void Say(LabState state, Output output)
    {
        output.Line($"The laboratory {state.Name} is up.");
        foreach (var line in LabList.Lines(state))
        {
            output.Line(line);
        }

        var host = state.Members.First(member => member.Kind == LabMember.Host && (member.In != TopologyNetwork.Internet || state.Members.Count(other => other.Kind == LabMember.Host) == 1));
        output.Line("Next:");
        var which = LabNetworks.List().Count > 1 ? $"--lab {state.Name} " : ""; // the other may have a host of that name
        output.Line($"  postern lab run {which}{host.Name} -- ip route");
        output.Line($"  postern lab down {state.Name}");
        output.Object(LabList.Json(state));
    }
}

using System.Net.Sockets;
using System.Text.Json;
using Postern.Lab.Boxes.Descriptions;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Routing;
using Postern.Lab.Namespaces.Topologies;
using Postern.Lab.Namespaces.Tracing;

namespace Postern.Lab.Namespaces;

/// <summary>Laboratories on this machine: built, listed and removed without a trace. Needs root.</summary>
public static class LabNetworks
{
    private static readonly TimeSpan RouterPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>Builds it; where that fails, what there was of it is removed, and <see cref="LabException"/> says why.</summary>
    /// <param name="name">Lower case, digits and hyphens.</param>
    /// <param name="topology">What to build.</param>
    /// <param name="program">The path of <c>postern</c>, which runs as <c>postern lab router FILE</c> inside routers.</param>
    public static LabState Up(string name, Topology topology, string program)
    {
        RequireRoot();
        if (!TopologyJson.IsName(name))
        {
            throw new LabException($"'{name}' is no name: lower case, digits and hyphens, at most 24.");
        }

        if (LabNames.All().Contains(name))
        {
            throw new LabException($"The laboratory '{name}' is there already; 'postern lab down {name}' removes it, --name gives another name.");
        }

        var plan = LabPlanner.Make(name, topology);
        try
        {
            LabFolders.Make(name);
            LabState.WriteNames(plan);
            new LabBuilder(plan).Build();
            StartRouters(plan, program);
            var state = LabState.Of(plan);
            state.Save();
            return state;
        }
        catch
        {
            Down(name);
            throw;
        }
    }

    /// <summary>Ends every process in it and removes its namespaces, with all that is in them, and its folder; whatever state it is in.</summary>
    public static void Down(string name)
    {
        RequireRoot();
        var namespaces = LabNames.Namespaces(name);
        NamespaceProcesses.End(namespaces);
        foreach (var member in namespaces)
        {
            if (!Command.Try("ip", ["netns", "del", member], null, out _, out var errors) && File.Exists($"{LabNames.NamespaceFolder}/{member}"))
            {
                throw new LabException($"The namespace {member} cannot be removed: {errors.Trim()}");
            }
        }

        LabFolders.Remove(name);
    }

    /// <summary>Names of all laboratories, also of half-built ones.</summary>
    public static IReadOnlyList<string> List() => LabNames.All();

    /// <summary>A host or router by its name; the laboratory need not be named while there is only one.</summary>
    public static (LabState Lab, LabMember Member) Find(string? lab, string member)
    {
        var names = lab is null ? List() : [lab];
        var found = names.Select(LabState.Load).OfType<LabState>()
            .SelectMany(state => state.Members.Where(known => known.Name == member).Select(known => (state, known))).ToArray();
        return found.Length == 1 ? found[0]
            : found.Length > 1 ? throw new LabException($"Several laboratories have a '{member}': say which with --lab, one of {string.Join(", ", found.Select(pair => pair.state.Name))}.")
            : lab is not null && !List().Contains(lab) ? throw new LabException($"There is no laboratory '{lab}'.")
            : names.Count == 0 ? throw new LabException("No laboratory is up; 'postern lab up two-homes' makes one.")
            : throw new LabException($"There is no '{member}' in {string.Join(", ", names)}; {Members(names)}.");
    }

    public static void RequireRoot()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            throw new LabException("Laboratories are made of network namespaces, which needs root on Linux: try again with sudo.");
        }
    }

    private static string Members(IEnumerable<string> labs) =>
        $"there are {string.Join(", ", labs.Select(LabState.Load).OfType<LabState>().SelectMany(state => state.Members).Select(member => member.Name))}";

    private static void StartRouters(LabPlan plan, string program)
    {
        var routers = plan.Networks.Where(network => network.IsTun).ToArray();
        foreach (var network in routers)
        {
            StartRouter(plan, network, program);
        }

        foreach (var network in routers)
        {
            AwaitRouter(plan.Name, network.Name);
        }
    }

    private static void StartRouter(LabPlan plan, PlannedNetwork network, string program)
    {
        var folder = LabNames.Folder(plan.Name);
        var (description, log) = (Path.Combine(folder, $"{network.Name}.json"), Path.Combine(folder, $"{network.Name}.log"));
        File.WriteAllText(description, new RouterDescription
        {
            Name = network.Name,
            Box = BoxDescriptionJson.Element(network.Box),
            OuterAddresses = [.. network.Outer.Append(network.Outer6).Select(address => $"{address}")],
            Up = network.Up,
            Down = network.Down,
            Seed = LabRandom.NewSeed(),
            TapFolder = folder,
            Hosts = plan.Hosts.ToDictionary(host => host.Name, host => (IReadOnlyList<string>)[.. host.Addresses.Append(host.Address6).Select(address => $"{address}")]),
        }.Write());

        // A session of its own, without our terminal and pipes: it stays when we go.
        Command.Run("ip",
        [
            "netns", "exec", LabNames.Namespace(plan.Name, network.Name), "setsid", "--fork",
            "sh", "-c", "exec \"$0\" lab router \"$1\" </dev/null >\"$2\" 2>&1", program, description, log,
        ]);
    }

    private static void AwaitRouter(string lab, string name)
    {
        var folder = LabNames.Folder(lab);
        var deadline = DateTime.UtcNow + RouterPatience;
        while (!Answers(RouterTap.PacketsSocket(folder, name)))
        {
            if (DateTime.UtcNow > deadline || HasFailed(lab, name))
            {
                throw new LabException($"The router '{name}' does not start: {ReadLog(folder, name)}");
            }

            Thread.Sleep(Pause);
        }
    }

    private static bool HasFailed(string lab, string name) => ReadLog(LabNames.Folder(lab), name).Length > 0;

    private static string ReadLog(string folder, string name)
    {
        var log = Path.Combine(folder, $"{name}.log");
        return File.Exists(log) ? File.ReadAllText(log).Trim() : "";
    }

    private static bool Answers(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

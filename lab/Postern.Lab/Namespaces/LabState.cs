using System.Text;
using System.Text.Json;
using Postern.Lab.Namespaces.Kernel;
using Postern.Lab.Namespaces.Topologies;

namespace Postern.Lab.Namespaces;

/// <summary>A laboratory that is up, as its folder remembers it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Members">Hosts and routers.</param>
public sealed record LabState(string Name, IReadOnlyList<LabMember> Members)
{
    private const string FileName = "lab.json";

    /// <summary>Null for one that is half-built, or gone.</summary>
    public static LabState? Load(string name)
    {
        var path = Path.Combine(LabNames.Folder(name), FileName);
        return File.Exists(path) ? JsonSerializer.Deserialize<LabState>(File.ReadAllText(path), TopologyJson.Options) : null;
    }

    internal static LabState Of(LabPlan plan) => new(
        plan.Name,
        [
            .. plan.Hosts.Select(host => new LabMember(
                host.Name, LabMember.Host, host.Network?.Name ?? TopologyNetwork.Internet, null, [.. host.Addresses.Append(host.Address6).Select(address => $"{address}")])),
            .. plan.Networks.Select(network => new LabMember(
                network.Name, network.IsTun ? LabMember.TunRouter : LabMember.KernelRouter, network.Parent?.Name ?? TopologyNetwork.Internet, network.Box.Id,
                [.. network.Outer.Append(network.Outer6).Select(address => $"{address}")])),
            new(TopologyNetwork.Internet, LabMember.Core, "", null, [$"{LabPlan.Core}", $"{LabPlan.Core6}"]),
        ]);

    internal void Save() => File.WriteAllText(Path.Combine(LabNames.Folder(Name), FileName), JsonSerializer.Serialize(this, TopologyJson.Options));

    /// <summary>What hosts read instead of the machine's own files.</summary>
    internal static void WriteNames(LabPlan plan)
    {
        var hosts = new StringBuilder("127.0.0.1 localhost\n::1 localhost\n");
        foreach (var host in plan.Hosts)
        {
            hosts.Append(string.Concat(host.Addresses.Append(host.Address6).Select(address => $"{address} {host.Name}\n")));
        }

        var folder = LabNames.Folder(plan.Name);
        File.WriteAllText(Path.Combine(folder, "hosts"), hosts.ToString());
        File.WriteAllText(Path.Combine(folder, "resolv.conf"), "# Nobody answers for names here: they stand in /etc/hosts.\noptions timeout:1 attempts:1\n");
    }
}

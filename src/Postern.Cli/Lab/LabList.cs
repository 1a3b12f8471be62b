using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Lab.Namespaces;
using Postern.Lab.Namespaces.Topologies;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab list</c>.</summary>
internal static class LabList
{
    public static int Run(Output output)
    {
        var names = LabNetworks.List();
        if (names.Count == 0)
        {
            output.Line("No laboratory is up; 'postern lab up two-homes' makes one.");
        }

        foreach (var name in names)
        {
            if (LabState.Load(name) is not { } state)
            {
                output.Line($"{name}: half-built or half-removed; 'postern lab down {name}' clears it away.");
                output.Object(new JsonObject { ["name"] = name, ["members"] = null });
                continue;
            }

            output.Line(name);
            foreach (var line in Lines(state))
            {
                output.Line(line);
            }

            output.Object(Json(state));
        }

        return ExitCode.Success;
    }

    /// <summary>One for each host and router.</summary>
    public static IEnumerable<string> Lines(LabState state)
    {
        var members = state.Members.Where(member => member.Kind != LabMember.Core).ToArray();
        var width = members.Max(member => member.Name.Length);
        return members.Select(member =>
        {
            var place = member.In == TopologyNetwork.Internet ? "on the internet" : $"in {member.In}";
            var what = member.Box is { } box ? $"{box}, {member.Kind} {place}" : place;
            return $"  {member.Name.PadRight(width)}  {what}: {string.Join(", ", member.Addresses)}";
        });
    }

    public static JsonObject Json(LabState state) => new()
    {
        ["name"] = state.Name,
        ["members"] = new JsonArray([.. state.Members.Select(member => new JsonObject
        {
            ["name"] = member.Name,
            ["kind"] = member.Kind,
            ["in"] = member.In,
            ["box"] = member.Box,
            ["addresses"] = new JsonArray([.. member.Addresses.Select(address => (JsonNode)address)]),
        })]),
    };
}

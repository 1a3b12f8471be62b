using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Lab.Namespaces;

namespace Postern.Cli.Lab;

/// <summary><c>postern lab down</c>.</summary>
internal static class LabDown
{
    public static int Run(string? name, Output output)
    {
        LabNetworks.RequireRoot();
        var there = LabNetworks.List();
        if (name is not null && !there.Contains(name))
        {
            throw new LabException($"There is no laboratory '{name}'{(there.Count == 0 ? "" : $"; there are {string.Join(", ", there)}")}.");
        }

        foreach (var gone in name is null ? there : [name])
        {
            LabNetworks.Down(gone);
            output.Line($"The laboratory {gone} is gone.");
            output.Object(new JsonObject { ["event"] = "down", ["name"] = gone });
        }

        return ExitCode.Success;
    }
}

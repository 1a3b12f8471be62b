using System.Net;
using Postern.Cli.Terminal;
using Postern.Firewalls.Learning.Harness;

namespace Postern.Cli.Firewalls;

/// <summary>Writes the harness of <c>postern learn harness</c>.</summary>
internal static class HarnessRun
{
    public static HarnessOptions Options(IReadOnlyList<IPAddress> hosts, double minutes, bool isRouter, string? into, ushort? group)
    {
        var length = TimeSpan.FromMinutes(minutes);
        return new(hosts, TimeProvider.System.GetUtcNow() + length, length, isRouter, into, group);
    }

    public static int Run(Output output, string format, HarnessOptions options, string? folder)
    {
        foreach (var file in LearningHarness.Write(format, options))
        {
            output.Object(new() { ["file"] = file.Name, ["text"] = file.Text });
            if (folder is not null)
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, file.Name), file.Text);
                output.Line($"Written: {Path.Combine(folder, file.Name)}");
                continue;
            }

            foreach (var line in file.Text.TrimEnd('\n').Split('\n'))
            {
                output.Line(line);
            }
        }

        return ExitCode.Success;
    }
}

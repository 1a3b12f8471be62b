using System.Globalization;

namespace Postern.Lab.Namespaces.Kernel;

/// <summary>Finds and ends the processes that live in network namespaces.</summary>
internal static class NamespaceProcesses
{
    private const int Rounds = 50; // one that forks while it is looked for is found in the next round
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>SIGKILL to all of them, until there are none.</summary>
    public static void End(IReadOnlyList<string> namespaces)
    {
        var marks = namespaces.Select(Mark).OfType<string>().ToHashSet();
        for (var round = 0; round < Rounds && marks.Count > 0; round++)
        {
            var found = In(marks);
            if (found.Count == 0)
            {
                return;
            }

            found.ForEach(id => _ = Libc.Signal(id, Libc.Kill));
            Thread.Sleep(Pause);
        }
    }

    private static List<int> In(HashSet<string> marks)
    {
        var found = new List<int>();
        foreach (var folder in Directory.GetDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && id != Environment.ProcessId
                && Target($"{folder}/ns/net") is { } target
                && marks.Contains(target))
            {
                found.Add(id);
            }
        }

        return found;
    }

    /// <summary>By what /proc knows a namespace: its inode.</summary>
    private static string? Mark(string name) =>
        Command.Try("stat", ["-L", "-c", "%i", $"{LabNames.NamespaceFolder}/{name}"], null, out var inode, out _) ? $"net:[{inode.Trim()}]" : null;

    private static string? Target(string link)
    {
        try
        {
            return new FileInfo(link).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // it has ended meanwhile
        }
    }
}

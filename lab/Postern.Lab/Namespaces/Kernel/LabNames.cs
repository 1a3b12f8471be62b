namespace Postern.Lab.Namespaces.Kernel;

/// <summary>What the laboratory calls its things on this machine: nothing else begins so, and nothing else is ever touched.</summary>
public static class LabNames
{
    public const string Prefix = "pstn-lab-";
    public const string NamespaceFolder = "/run/netns";

    /// <summary>Sockets, logs and host files of every laboratory.</summary>
    public const string StateFolder = "/run/postern-lab";

    // A dot, which no name has, so that the laboratory "two" does not take "two-homes" for its own.
    private const char Separator = '.';

    /// <summary>The namespace of a host or router.</summary>
    public static string Namespace(string lab, string member) => $"{Prefix}{lab}{Separator}{member}";

    public static string Folder(string lab) => Path.Combine(StateFolder, lab);

    /// <summary>All laboratories of which anything is left, also half-built ones.</summary>
    public static IReadOnlyList<string> All() =>
        [.. Namespaces().Select(name => name[Prefix.Length..].Split(Separator)[0]).Concat(LabFolders.Names()).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The namespaces of one laboratory.</summary>
    public static IReadOnlyList<string> Namespaces(string lab) =>
        [.. Namespaces().Where(name => name.StartsWith($"{Prefix}{lab}{Separator}", StringComparison.Ordinal))];

    private static IEnumerable<string> Namespaces() => !Directory.Exists(NamespaceFolder)
        ? []
        : Directory.GetFiles(NamespaceFolder).Select(path => Path.GetFileName(path)).Where(name => name.StartsWith(Prefix, StringComparison.Ordinal));
}

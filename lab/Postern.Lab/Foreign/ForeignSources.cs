using System.Reflection;

namespace Postern.Lab.Foreign;

/// <summary>What foreign programs run of ours, as it ships inside this assembly: a page for browsers, an agent in C for libnice.</summary>
internal static class ForeignSources
{
    /// <summary>Writes one of them into a folder; returns its path.</summary>
    public static string Write(string name, string folder)
    {
        var path = Path.Combine(folder, name);
        using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream($"foreign/{name}")!;
        using var file = File.Create(path);
        source.CopyTo(file);
        return path;
    }
}

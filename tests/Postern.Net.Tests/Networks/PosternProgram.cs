using System.Runtime.CompilerServices;

namespace Postern.Net.Tests.Networks;

/// <summary>The binary as a user starts it, and a home for it that is not the user's.</summary>
public static class PosternProgram
{
    /// <summary>The script <c>./postern</c>; the tests' build has made it up to date.</summary>
    public static string Path { get; } = System.IO.Path.Combine(Root(), "postern");

    /// <summary>The environment under which all of Postern's files lie in this folder.</summary>
    public static IReadOnlyDictionary<string, string> HomeIn(string folder)
    {
        Directory.CreateDirectory(folder);
        return new Dictionary<string, string>
        {
            ["HOME"] = folder,
            ["XDG_CONFIG_HOME"] = System.IO.Path.Combine(folder, "config"),
            ["XDG_DATA_HOME"] = System.IO.Path.Combine(folder, "data"),
            ["XDG_STATE_HOME"] = System.IO.Path.Combine(folder, "state"),
            ["XDG_CACHE_HOME"] = System.IO.Path.Combine(folder, "cache"),
            ["XDG_RUNTIME_DIR"] = folder,
        };
    }

    private static string Root([CallerFilePath] string file = "") =>
        System.IO.Path.GetFullPath(System.IO.Path.Combine(System.IO.Path.GetDirectoryName(file)!, "..", "..", ".."));
}

using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace Postern.Tests.Repository;

/// <summary>The files of this repository as they lie on disk, without what a build made.</summary>
internal static partial class Checkout
{
    public static readonly string Root = Find();

    /// <summary>Paths relative to the root, with forward slashes, in ordinal order.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var start = Path.Combine(Root, folder);
        return Directory.Exists(start)
            ? Directory.EnumerateFiles(start, pattern, SearchOption.AllDirectories)
                .Select(path => Path.GetRelativePath(Root, path).Replace('\\', '/'))
                .Where(path => !Built().IsMatch(path))
                .Order(StringComparer.Ordinal)
            : [];
    }

    /// <summary>Every C# file of ours.</summary>
    public static IEnumerable<string> Code() => new[] { "src", "tests", "bench", "lab" }.SelectMany(folder => Files(folder, "*.cs"));

    /// <summary>README, CONTRIBUTING, CHANGELOG and the pages under docs.</summary>
    public static IEnumerable<string> Pages() =>
        Directory.EnumerateFiles(Root, "*.md").Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal).Concat(Files("docs", "*.md"));

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    public static string[] Lines(string path) => File.ReadAllLines(Path.Combine(Root, path));

    public static bool Has(string path) => Path.Exists(Path.Combine(Root, path));

    private static string Find([CallerFilePath] string file = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    [GeneratedRegex("(^|/)(bin|obj|node_modules|artifacts|BenchmarkDotNet.Artifacts)/")]
    private static partial Regex Built();
}

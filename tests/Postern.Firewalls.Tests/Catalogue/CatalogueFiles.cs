using System.Runtime.CompilerServices;

namespace Postern.Tests.Catalogue;

/// <summary>The files under <c>catalogue</c> as they lie in the checkout.</summary>
internal static class CatalogueFiles
{
    public static string Root([CallerFilePath] string file = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(file)!, "..", "..", ".."));

    public static string Schema() => File.ReadAllText(Path.Combine(Root(), "catalogue", "applications.schema.json"));

    public static IReadOnlyList<string> Entries() =>
        [.. Directory.GetFiles(Path.Combine(Root(), "catalogue", "applications"), "*.json").Order(StringComparer.Ordinal)];
}

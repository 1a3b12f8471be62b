using System.Reflection;

namespace Postern.Lab.Grid;

/// <summary>Makes <c>grid.html</c>: one file that needs nothing but a browser.</summary>
public static class GridPage
{
    /// <summary>The page with the grid in it.</summary>
    public static string Of(GridReport report) => Resource("grid.html")
        .Replace("/*style*/", Resource("grid.css"), StringComparison.Ordinal)
        .Replace("/*script*/", Script(), StringComparison.Ordinal)
        .Replace("/*data*/", Embedded(GridJson.Write(report)), StringComparison.Ordinal);

    /// <summary>
    /// JSON that may stand in a script element: nothing in it can end the element or open a comment in it (HTML Standard
    /// §4.12.1.3), whatever a title or an address says.
    /// </summary>
    public static string Embedded(string json) => json
        .Replace("<", "\\u003C", StringComparison.Ordinal)
        .Replace(">", "\\u003E", StringComparison.Ordinal)
        .Replace("&", "\\u0026", StringComparison.Ordinal);

    private static string Script() => string.Concat(((string[])["words.js", "tables.js", "peers.js", "schedules.js", "matrix.js", "ladder.js", "panel.js", "grid.js"]).Select(Resource));

    private static string Resource(string name)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"grid/{name}")!);
        return reader.ReadToEnd();
    }
}

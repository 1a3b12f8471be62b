using Postern.Net.Tests.Counterparts;

namespace Postern.Net.Tests.Firewalls;

/// <summary>A line of <c>catalogue/exceptions.csv</c>: why a packaged macro or service has no entry, or another hole than its entry.</summary>
internal sealed record CatalogueException(string Source, string Name, string Reason)
{
    public string Alias => $"{Source}:{Name}";

    public static IReadOnlyList<CatalogueException> ReadAll() =>
        [.. File.ReadLines(Path.Combine(CounterpartFiles.Root, "catalogue", "exceptions.csv")).Skip(1).Select(Read)];

    /// <summary>The reason stands in quotes and holds none.</summary>
    private static CatalogueException Read(string line)
    {
        var fields = line.Split(',', 3);
        fields.Length.ShouldBe(3, line);
        fields[2].ShouldMatch("^\"[^\"]{10,}[.]\"$", line);
        return new(fields[0], fields[1], fields[2].Trim('"'));
    }
}

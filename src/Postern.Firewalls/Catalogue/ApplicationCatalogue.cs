namespace Postern.Firewalls.Catalogue;

/// <summary>Applications by name: those that come with Postern, and those that its user adds or puts in their place.</summary>
public sealed class ApplicationCatalogue
{
    private const string Folder = "applications/";

    private static readonly Lazy<ApplicationCatalogue> OurOwn = new(() => new(ReadEmbedded()));

    private readonly Dictionary<string, Application> _byId = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, Application> _byAlias = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Of two applications with one id the later counts.</summary>
    public ApplicationCatalogue(IEnumerable<Application> applications)
    {
        foreach (var application in applications)
        {
            _byId[application.Id] = application;
        }

        Applications = [.. _byId.Values.OrderBy(application => application.Id, StringComparer.Ordinal)];
        foreach (var application in Applications)
        {
            foreach (var alias in application.Aliases)
            {
                _byAlias.TryAdd(alias, application);
            }
        }
    }

    /// <summary>The applications that come with Postern.</summary>
    public static ApplicationCatalogue Embedded => OurOwn.Value;

    /// <summary>In the order of their ids.</summary>
    public IReadOnlyList<Application> Applications { get; }

    /// <summary>These applications and the further ones, which take the place of those with the same id.</summary>
    public ApplicationCatalogue With(IEnumerable<Application> further) => new(Applications.Concat(further));

    /// <summary>By id, else by alias, in any case; null where there is none.</summary>
    public Application? Find(string name) => _byId.GetValueOrDefault(name) ?? _byAlias.GetValueOrDefault(name);

    /// <summary>Applications in which every word occurs, best first.</summary>
    public IReadOnlyList<Application> Search(string words) => ApplicationSearch.Search(Applications, words);

    /// <summary>Flows that such a packet could open, likeliest first.</summary>
    public IReadOnlyList<FlowMatch> Match(FlowQuery query) => FlowMatching.Match(Applications, query);

    /// <summary>An entry that does not read is a fault of this build, not of who calls.</summary>
    private static IEnumerable<Application> ReadEmbedded()
    {
        var assembly = typeof(ApplicationCatalogue).Assembly;
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var reading = ApplicationReader.Read(bytes);
            yield return reading.Application ?? throw new InvalidDataException($"{name}: {reading.Issues[0]}");
        }
    }
}

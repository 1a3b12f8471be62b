namespace Postern.Firewalls.Catalogue;

/// <summary>Finds applications by words that people type.</summary>
internal static class ApplicationSearch
{
    private const int WholeName = 1000;
    private const int StartOfName = 100;
    private const int InName = 30;
    private const int InSummary = 10;
    private const int InFlow = 3;

    public static IReadOnlyList<Application> Search(IEnumerable<Application> applications, string words)
    {
        var wanted = words.Split([' ', ','], StringSplitOptions.RemoveEmptyEntries);
        if (wanted.Length == 0)
        {
            return [];
        }

        return
        [
            .. from application in applications
               let weights = Array.ConvertAll(wanted, word => Weight(application, word))
               where Array.TrueForAll(weights, weight => weight > 0)
               orderby weights.Sum() descending, application.Status, application.Id
               select application,
        ];
    }

    private static int Weight(Application application, string word)
    {
        var names = application.Aliases.Prepend(application.Title).Prepend(application.Id).ToArray();
        return Array.Exists(names, name => name.Equals(word, StringComparison.OrdinalIgnoreCase) || Plain(name).Equals(word, StringComparison.OrdinalIgnoreCase)) ? WholeName
            : Array.Exists(names, name => Plain(name).StartsWith(word, StringComparison.OrdinalIgnoreCase)) ? StartOfName
            : Array.Exists(names, name => Has(name, word)) ? InName
            : Has(application.Summary, word) ? InSummary
            : application.Flows.Any(flow => Has(flow.Why, word)) || application.Notes.Any(note => Has(note, word)) ? InFlow
            : 0;
    }

    /// <summary>"shorewall:SMB" is looked for as "SMB" too.</summary>
    private static string Plain(string name) => name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..];

    private static bool Has(string text, string word) => text.Contains(word, StringComparison.OrdinalIgnoreCase);
}

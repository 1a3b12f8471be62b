using System.Text;

namespace Postern.Firewalls.Catalogue;

/// <summary>An application in plain words: who starts, towards whom, over what, why.</summary>
public static class ApplicationText
{
    private const string Gap = "  ";

    /// <summary>The whole entry, in lines that end with a line feed.</summary>
    public static string Of(Application application)
    {
        var text = new StringBuilder();
        text.Append(Head(application));
        Block(text, "Who takes part", application.Roles.Select(role => (role.Key, (IReadOnlyList<string>)[role.Value])));
        Block(text, "What passes", application.Flows.Select(flow => (flow.Id, (IReadOnlyList<string>)[.. FlowText.Lines(application, flow)])));
        Block(text, "Proxies", Proxies(application));
        Section(text, "To be known", application.Notes);
        Section(text, "Sources", [string.Join("; ", application.Sources)]);
        return text.ToString();
    }

    /// <summary>Whether anybody still needs it: "in use", "still met", "ended 2025-05-05".</summary>
    public static string Life(Application application) => application.Status switch
    {
        ApplicationStatus.Alive => "in use",
        ApplicationStatus.Fading => "still met",
        _ => $"ended {application.EndedOn}",
    };

    /// <summary>One flow in one sentence.</summary>
    public static string Sentence(Application application, Flow flow) => FlowText.Sentence(application, flow);

    private static string Head(Application application)
    {
        var names = application.Aliases.Where(alias => !alias.Contains(':', StringComparison.Ordinal)).ToArray();
        var life = application.Status switch
        {
            ApplicationStatus.Alive => "",
            ApplicationStatus.Fading => "Still met, no longer made.",
            _ => $"Ended {application.EndedOn}; kept as an example.",
        };
        var next = application.ReplacedBy is { } other ? $"People use {other} instead." : "";
        string[] lines =
        [
            $"{application.Title} ({application.Id})",
            application.Summary,
            names.Length > 0 ? $"Also looked for as: {string.Join(", ", names)}." : "",
            $"{life} {next}".Trim(),
        ];
        return string.Concat(lines.Where(line => line.Length > 0).Select(line => line + "\n"));
    }

    private static IEnumerable<(string Name, IReadOnlyList<string> Lines)> Proxies(Application application)
    {
        if (application.HttpProxy is { } http)
        {
            yield return ("HTTP", [http]);
        }

        if (application.SocksProxy is { } socks)
        {
            yield return ("SOCKS", [socks]);
        }
    }

    private static void Block(StringBuilder text, string title, IEnumerable<(string Name, IReadOnlyList<string> Lines)> rows)
    {
        var all = rows.ToArray();
        if (all.Length == 0)
        {
            return;
        }

        var width = all.Max(row => row.Name.Length);
        Section(text, title, all.SelectMany(row => row.Lines.Select((line, i) => (i == 0 ? row.Name : "").PadRight(width) + Gap + line)));
    }

    private static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        var all = lines.ToArray();
        if (all.Length > 0)
        {
            text.Append('\n').Append(title).Append('\n');
            Array.ForEach(all, line => text.Append(Gap).Append(line).Append('\n'));
        }
    }
}

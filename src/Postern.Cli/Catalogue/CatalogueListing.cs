using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Firewalls.Catalogue;

namespace Postern.Cli.Catalogue;

/// <summary><c>postern catalogue list</c>, <c>search</c> and <c>show</c>.</summary>
internal sealed class CatalogueListing(Output output)
{
    public int List(string? status)
    {
        var applications = UserCatalogue.Load(output).Applications
            .Where(application => status is null || EntryWords.Of(application.Status) == status);
        return Print([.. applications], $"The catalogue has no application that is {status}.");
    }

    public int Search(string words) =>
        Print(UserCatalogue.Load(output).Search(words), $"No application has \"{words}\" in it; 'postern catalogue port' finds by port.");

    public int Show(string name)
    {
        var application = UserCatalogue.Find(output, name);
        foreach (var line in ApplicationText.Of(application).TrimEnd('\n').Split('\n'))
        {
            output.Line(line);
        }

        output.Object(JsonNode.Parse(ApplicationWriter.Write(application))!.AsObject());
        return ExitCode.Success;
    }

    private int Print(IReadOnlyList<Application> applications, string nothing)
    {
        if (applications.Count == 0)
        {
            throw new CliException(ExitCode.Failure, nothing);
        }

        var lives = applications.Select(ApplicationText.Life).ToArray();
        var (ids, lifetimes) = (applications.Max(application => application.Id.Length), lives.Max(life => life.Length));
        foreach (var (application, life) in applications.Zip(lives))
        {
            output.Line($"{application.Id.PadRight(ids)}  {life.PadRight(lifetimes)}  {application.Title}");
            output.Object(Summary(application));
        }

        return ExitCode.Success;
    }

    private static JsonObject Summary(Application application) => new()
    {
        ["id"] = application.Id,
        ["title"] = application.Title,
        ["summary"] = application.Summary,
        ["status"] = EntryWords.Of(application.Status),
        ["endedOn"] = application.EndedOn,
        ["aliases"] = new JsonArray([.. application.Aliases.Select(alias => (JsonNode?)alias)]),
    };
}

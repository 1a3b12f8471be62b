using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Firewalls.Catalogue;

namespace Postern.Cli.Catalogue;

/// <summary><c>postern catalogue check</c>: whether an entry that somebody wrote is right.</summary>
internal sealed class CatalogueEntryCheck(Output output)
{
    public int Run(string file)
    {
        var reading = UserCatalogue.Read(file);
        foreach (var issue in reading.Issues)
        {
            output.Line($"{(issue.IsWarning ? "warning" : "error")}: {issue}");
            output.Object(new JsonObject
            {
                ["severity"] = issue.IsWarning ? "warning" : "error",
                ["path"] = issue.Path,
                ["sentence"] = issue.Sentence,
            });
        }

        Say(file, reading);
        return reading.Application is null ? ExitCode.Failure : ExitCode.Success;
    }

    private void Say(string file, EntryReading reading)
    {
        var (errors, warnings) = (reading.Errors.Count(), reading.Warnings.Count());
        if (reading.Application is { } application)
        {
            var place = ApplicationCatalogue.Embedded.Find(application.Id)?.Id == application.Id ? "It would take the place of the entry that comes with Postern." : "It would be a new one.";
            output.Line($"{application.Id} is right{(warnings > 0 ? $", with {warnings} warning{(warnings == 1 ? "" : "s")}" : "")}. {place}");
        }
        else
        {
            output.Line($"{errors} error{(errors == 1 ? "" : "s")}: this is no entry yet.");
        }

        output.Object(new JsonObject { ["file"] = file, ["id"] = reading.Application?.Id, ["errors"] = errors, ["warnings"] = warnings });
    }
}

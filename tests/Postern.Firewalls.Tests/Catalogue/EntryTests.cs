using System.Text.Json;
using Json.Schema;
using Postern.Firewalls.Catalogue;

namespace Postern.Tests.Catalogue;

/// <summary>Every entry that comes with Postern: reader, schema, and what holds between entries.</summary>
public class EntryTests
{
    private static readonly JsonDocumentOptions Comments = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly JsonSchema Schema = JsonSchema.FromText(CatalogueFiles.Schema());

    [Fact]
    public void Every_entry_is_read_without_errors_or_warnings()
    {
        var issues = CatalogueFiles.Entries()
            .SelectMany(path => ApplicationReader.Read(File.ReadAllBytes(path)).Issues.Select(issue => $"{Path.GetFileName(path)}: {issue}"));
        issues.ShouldBeEmpty();
    }

    [Fact]
    public void Every_entry_conforms_to_the_schema() =>
        CatalogueFiles.Entries().SelectMany(path => Faults(File.ReadAllText(path)).Select(fault => $"{Path.GetFileName(path)}: {fault}")).ShouldBeEmpty();

    [Theory]
    [InlineData("\"why\": \"w\"", "\"why\": 1")]
    [InlineData("\"why\": \"w\"", "\"wy\": \"w\"")]
    [InlineData("\"dst\": \"80\"", "\"dst\": \"http\"")]
    [InlineData("\"tcp\"", "\"tpc\"")]
    [InlineData("\"title\": \"A\",", "")]
    [InlineData("\"title\": \"A\"", "\"title\": \"A\", \"status\": \"ended\"")]
    [InlineData("\"title\": \"A\"", "\"title\": \"A\", \"endedOn\": \"2020\"")]
    [InlineData("\"why\": \"w\"", "\"why\": \"w\", \"confidence\": \"corrected\"")]
    [InlineData("\"client\": \"c\"", "\"multicast\": \"c\"")]
    public void What_the_schema_refuses_the_reader_refuses(string right, string wrong)
    {
        const string Entry = """
            {"id": "a", "title": "A", "roles": {"client": "c", "server": "s"}, "sources": ["s"],
             "flows": [{"id": "x", "from": "client", "to": "server", "proto": ["tcp"], "dst": "80", "why": "w"}]}
            """;
        (Faults(Entry).Any(), ApplicationReader.Read(Entry).Application is null).ShouldBe((false, false));
        var text = Entry.Replace(right, wrong, StringComparison.Ordinal);
        (Faults(text).Any(), ApplicationReader.Read(text).Application is null).ShouldBe((true, true));
    }

    [Fact]
    public void The_schema_has_the_words_of_the_reader()
    {
        using var schema = JsonDocument.Parse(CatalogueFiles.Schema());
        var flow = schema.RootElement.GetProperty("$defs").GetProperty("flow").GetProperty("properties");
        Words(schema.RootElement.GetProperty("properties").GetProperty("status")).ShouldBe(EntryWords.Of<ApplicationStatus>());
        Words(flow.GetProperty("need")).ShouldBe(EntryWords.Of<FlowNeed>());
        Words(flow.GetProperty("confidence")).ShouldBe(EntryWords.Of<FlowConfidence>());
        Words(flow.GetProperty("proto").GetProperty("items")).ShouldBe(EntryWords.Of<Postern.Firewalls.Rules.IpProtocol>());
    }

    [Fact]
    public void A_file_has_the_name_of_its_entry_and_comes_with_the_library()
    {
        var ids = CatalogueFiles.Entries().Select(path => (File: Path.GetFileNameWithoutExtension(path), ApplicationReader.Read(File.ReadAllBytes(path)).Application?.Id));
        ids.ShouldAllBe(pair => pair.File == pair.Id);
        ApplicationCatalogue.Embedded.Applications.Select(application => application.Id).ShouldBe(CatalogueFiles.Entries().Select(Path.GetFileNameWithoutExtension), ignoreOrder: true);
    }

    [Fact]
    public void Names_lead_to_one_entry_and_successors_exist()
    {
        var all = ApplicationCatalogue.Embedded.Applications;
        var names = all.SelectMany(application => application.Aliases.Append(application.Id)).GroupBy(name => name, StringComparer.OrdinalIgnoreCase);
        names.Where(group => group.Count() > 1).Select(group => group.Key).ShouldBeEmpty();
        all.Where(application => application.ReplacedBy is { } next && ApplicationCatalogue.Embedded.Find(next) is null).ShouldBeEmpty();
    }

    [Fact]
    public void Every_entry_survives_being_written()
    {
        foreach (var application in ApplicationCatalogue.Embedded.Applications)
        {
            var text = ApplicationWriter.Write(application);
            Faults(text).ShouldBeEmpty();
            ApplicationWriter.Write(ApplicationReader.Read(text).Application.ShouldNotBeNull()).ShouldBe(text);
        }
    }

    private static IEnumerable<string?> Words(JsonElement property) => property.GetProperty("enum").EnumerateArray().Select(word => word.GetString());

    private static IEnumerable<string> Faults(string text)
    {
        using var document = JsonDocument.Parse(text, Comments);
        var results = Schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        return results.IsValid
            ? []
            : [.. (results.Details ?? []).Prepend(results).Where(detail => detail.Errors is not null)
                .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")).DefaultIfEmpty("is not valid")];
    }
}

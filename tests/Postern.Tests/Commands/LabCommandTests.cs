using System.Text.Json.Nodes;

namespace Postern.Tests.Commands;

/// <summary>What <c>postern lab</c> says where it needs no root.</summary>
public sealed class LabCommandTests : IDisposable
{
    private readonly Person _person = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("postern-lab-").FullName;

    public void Dispose()
    {
        _person.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"colour":1}""", "'colour' is no word of this description; catalogue/nats.schema.json has those that are.")]
    [InlineData("""{"id":"x","title":"","summary":"","sources":{},"nat":{"mapping":"sideways"}}""", "nat.mapping does not take this value; catalogue/nats.schema.json says what it takes.")]
    public void A_box_that_cannot_be_read_is_named_with_its_file_and_the_schema(string box, string sentence)
    {
        var file = Write("box.json", box);
        var refused = _person.Run("lab", "grid", "--boxes", file, "--out", _folder);
        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldBe($"postern: {file}: Line 1: {sentence}\n");
    }

    [Theory]
    [InlineData("\"natOf\":\"nonsense\"", "natOf: no box of the catalogue is called 'nonsense'; name one of ")]
    [InlineData("\"row\":[\"linux\",\"nonsense\"]", "row: no box of the catalogue is called 'nonsense'; name one of ")]
    [InlineData("\"row\":[\"mine\",\"linux\"]", "row: 'mine' names itself; name boxes of the catalogue: ")]
    public void A_box_that_names_one_that_is_not_there_is_refused_wherever_it_would_stand(string reference, string sentence)
    {
        var file = Write("mine.json", $$"""{"id":"mine","title":"","summary":"","sources":{"*":"a test"},{{reference}}}""");
        var topology = Write("net.json", """{ "networks": { "n": { "box": "mine.json" } }, "hosts": { "a": { "in": "n" } } }""");
        foreach (var (expected, words) in ((string, string[])[])
        [
            ($"postern: {file}: {sentence}", ["lab", "grid", "--boxes", file, "--out", _folder]),
            ($"postern: {file}: {sentence}", ["lab", "up", "one-home", "--box", file]),
            ($"postern: {topology}: The box of the network 'n': mine.json: {sentence}", ["lab", "up", topology]),
        ])
        {
            var refused = _person.Run(words);
            refused.ExitCode.ShouldBe(2, refused.Errors);
            refused.Errors.ShouldStartWith(expected);
            refused.Errors.Count(letter => letter == '\n').ShouldBe(1);
        }
    }

    [Fact]
    public void A_box_that_forgets_within_seconds_is_rehearsed()
    {
        var done = _person.Run("lab", "grid", "--boxes", Write("mine.json", Forgetting("2")), "--out", _folder);
        done.ExitCode.ShouldBe(0, done.Errors);
        done.Output.ShouldContain("came true for 0 pairs, left 1 open, and was wrong for 0.");
        File.ReadAllText(Path.Combine(_folder, "grid.json")).ShouldContain("A box forgets or shuts out so soon that only rehearsals tell: of 16 calls 16 connected, 16 of them directly by ordinary checks.");
        var refused = _person.Run("lab", "grid", "--boxes", Write("mine.json", Forgetting("0.5")), "--out", _folder);
        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldContain("nat.expiry: 2 seconds and more for UDP: a NAT that forgets sooner has no room for a question that is asked again.");

        static string Forgetting(string seconds) => """{"id":"mine","title":"","summary":"","sources":{"*":"a test"},"nat":{"expiry":{"udpNew":SECONDS}}}""".Replace("SECONDS", seconds);
    }

    [Fact]
    public void A_box_that_is_neither_in_the_catalogue_nor_a_file_is_no_box_of_a_laboratory()
    {
        var refused = _person.Run("lab", "up", "one-home", "--box", "nonsense.json");
        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldStartWith("postern: No box is called 'nonsense.json', and there is no such file; the boxes are ");
        var topology = Write("net.json", """{ "networks": { "n": { "box": "nonsense.json" } }, "hosts": { "a": { "in": "n" } } }""");
        var unread = _person.Run("lab", "up", topology);
        unread.ExitCode.ShouldBe(2);
        unread.Errors.ShouldStartWith($"postern: {topology}: The box of the network 'n': No box is called 'nonsense.json', and there is no such file; the boxes are ");
    }

    [Theory]
    [InlineData("""{ "hosts": { "a": { "speed": 1 } } }""", "The topology cannot be read: line 1: 'hosts.a.speed' is no word of this description; catalogue/lab-topology.schema.json has those that are.")]
    [InlineData("""{ "hosts": { "a": {} }, "networks": { "n": { "box": { "id": "x", "title": "", "summary": "", "sources": {}, "colour": 1 } } } }""", "The box of the network 'n': Line 1: 'colour' is no word of this description; catalogue/nats.schema.json has those that are.")]
    public void A_topology_that_cannot_be_read_is_named_with_its_file(string topology, string sentence)
    {
        var file = Write("net.json", topology);
        var refused = _person.Run("lab", "up", file);
        refused.ExitCode.ShouldBe(2);
        refused.Errors.ShouldBe($"postern: {file}: {sentence}\n");
    }

    [Fact]
    public void One_pair_is_told_in_the_singular()
    {
        var done = _person.Run("lab", "grid", "--boxes", "linux", "--out", _folder);
        done.ExitCode.ShouldBe(0, done.Errors);
        done.Output.ShouldStartWith("1 pair of 1 box in ");
        done.Output.ShouldContain("came true for 1 pair, left 0 open");

        var again = _person.Run("lab", "grid", "--boxes", "linux", "--out", _folder, "--meetings", Write("earlier.json", Met(Path.Combine(_folder, "grid.json"))));
        again.ExitCode.ShouldBe(0, again.Errors);
        again.Output.ShouldContain("libnice, 1 pair: 1 direct, 0 relayed, 0 without a path.\n");
    }

    /// <summary>The same grid, in which two of libnice have met.</summary>
    private static string Met(string grid)
    {
        var json = JsonNode.Parse(File.ReadAllText(grid))!;
        json["peers"] = new JsonArray(new JsonObject { ["name"] = "libnice", ["title"] = "libnice", ["note"] = "A test's." });
        json["pairs"]![0]!["meetings"] = new JsonArray(new JsonObject { ["peer"] = "libnice", ["outcome"] = "Direct", ["path"] = "Punched" });
        return json.ToJsonString();
    }

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder, name);
        File.WriteAllText(file, text);
        return file;
    }
}

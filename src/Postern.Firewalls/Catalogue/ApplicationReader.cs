using System.Text;
using System.Text.Json;
using Postern.Firewalls.Rules;

namespace Postern.Firewalls.Catalogue;

/// <summary>Reads catalogue entries: JSON with comments, every property known, every fault named with its path.</summary>
public static class ApplicationReader
{
    /// <summary>Larger than any entry that a person wrote.</summary>
    public const int LongestEntry = 256 * 1024;

    /// <summary>Deeper than any entry: entry, flows, flow, list.</summary>
    private const int DeepestNesting = 8;

    /// <summary>Who has more to mend starts with these.</summary>
    private const int MostIssues = 50;

    private static readonly JsonDocumentOptions Options =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = DeepestNesting };

    /// <summary>Reads one entry; bytes are UTF-8.</summary>
    public static EntryReading Read(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > LongestEntry)
        {
            return Failed($"The entry is larger than {LongestEntry / 1024} KiB.");
        }

        try
        {
            using var document = JsonDocument.Parse(WithoutMark(utf8), Options);
            return Read(document.RootElement);
        }
        catch (JsonException e)
        {
            return Failed(Sentence(e));
        }
    }

    public static EntryReading Read(string text) =>
        text.Length > LongestEntry ? Failed($"The entry is larger than {LongestEntry / 1024} KiB.") : Read(Encoding.UTF8.GetBytes(text));

    private static EntryReading Read(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            return Failed("An entry is a JSON object.");
        }

        var issues = new List<EntryIssue>();
        var application = ReadApplication(new(root, "", issues));
        var form = issues.ToArray();
        issues.AddRange(EntryCheck.Of(application).Where(issue => !IsKnown(issue, form)));
        var isUsable = issues.TrueForAll(issue => issue.IsWarning);
        return new(isUsable ? application : null, [.. issues.OrderBy(issue => issue.IsWarning).Take(MostIssues)]);
    }

    /// <summary>What could not be read looks empty, or else wrong, to whoever asks for its sense.</summary>
    private static bool IsKnown(EntryIssue issue, EntryIssue[] form) =>
        Array.Exists(form, known => known.Path.StartsWith(issue.Path, StringComparison.Ordinal));

    private static Application ReadApplication(EntryObject entry)
    {
        var application = new Application
        {
            Id = entry.Required("id"),
            Title = entry.Required("title"),
            Summary = entry.Text("summary") ?? "",
            Status = entry.Word<ApplicationStatus>("status"),
            EndedOn = entry.Text("endedOn"),
            ReplacedBy = entry.Text("replacedBy"),
            Aliases = entry.Texts("aliases"),
            Roles = entry.Pairs("roles"),
            Flows = [.. entry.Objects("flows").Select(ReadFlow)],
            HttpProxy = entry.Text("httpProxy"),
            SocksProxy = entry.Text("socksProxy"),
            Notes = entry.Texts("notes"),
            Sources = entry.Texts("sources"),
        };
        entry.Text("$schema");
        entry.End();
        return application;
    }

    private static Flow ReadFlow(EntryObject entry)
    {
        var flow = new Flow
        {
            Id = entry.Required("id"),
            From = entry.Required("from"),
            To = entry.Required("to"),
            Protocols = entry.Words<IpProtocol>("proto"),
            SourcePorts = ReadPorts(entry, "src"),
            DestinationPorts = ReadPorts(entry, "dst"),
            SamePort = entry.Flag("samePort", false),
            IcmpType = entry.Byte("icmpType"),
            Addresses = ReadAddresses(entry),
            Hosts = entry.Texts("hosts"),
            Need = entry.Word<FlowNeed>("need"),
            Why = entry.Required("why"),
            Condition = entry.Text("condition") ?? "",
            Confidence = entry.Word<FlowConfidence>("confidence"),
            Stated = entry.Text("stated"),
            Sources = entry.Texts("sources"),
            IsAlive = entry.Flag("alive", true),
            Helper = entry.Text("helper"),
            Fragments = entry.Flag("fragments", false),
            PayloadAddress = entry.Flag("payloadAddress", false),
        };
        entry.Miss("confidence", "is missing: the flow counts as a standard's, the surest of all.");
        entry.End();
        return flow;
    }

    private static PortExpression ReadPorts(EntryObject entry, string name)
    {
        if (entry.Text(name) is not { } text)
        {
            return PortExpression.Anything;
        }

        if (!PortExpression.TryParse(text, out var ports))
        {
            entry.Note(name, "names no ports; write \"80,443\", \"1024-65535\", \"ephemeral(ROLE)\", \"${NAME:PORT}\" or \"same-as(FLOW.src)\".");
        }

        return ports;
    }

    private static AddressSet? ReadAddresses(EntryObject entry)
    {
        if (entry.Text("addresses") is not { } text)
        {
            return null;
        }

        if (!AddressSet.TryParse(text, out var addresses))
        {
            entry.Note("addresses", "names no addresses; write \"239.255.255.250,ff02::c\" or \"192.0.2.0/24\".");
        }

        return addresses;
    }

    private static EntryReading Failed(string sentence) => new(null, [new("", sentence)]);

    /// <summary>The place, without the parser's own words about its options; both numbers count from 1.</summary>
    private static string Sentence(JsonException e) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"The text is no JSON, or nests too deeply, at line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");

    /// <summary>Editors on Windows put a byte-order mark first.</summary>
    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> utf8) =>
        utf8.Span.StartsWith(Encoding.UTF8.Preamble) ? utf8[Encoding.UTF8.Preamble.Length..] : utf8;
}

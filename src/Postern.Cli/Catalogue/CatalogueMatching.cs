using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Postern.Cli.Terminal;
using Postern.Firewalls.Catalogue;
using Postern.Firewalls.Rules;

namespace Postern.Cli.Catalogue;

/// <summary><c>postern catalogue port</c> and <c>flow</c>: from a packet to the applications that would send it.</summary>
internal sealed class CatalogueMatching(Output output)
{
    public int Port(string text)
    {
        var (port, protocol) = text.Split('/') switch
        {
            [var number] => (Number(number), (IpProtocol?)null),
            [var number, var word] => (Number(number), Protocol(word)),
            _ => throw new CliException(ExitCode.Usage, $"\"{text}\" is no port; write 5222 or 5222/tcp."),
        };
        return Print(new FlowQuery { Protocol = protocol, DestinationPort = port }, $"The catalogue knows nobody at port {text}.");
    }

    public int Flow(string protocol, string source, string destination, string? direction, string? to, byte? type)
    {
        var query = new FlowQuery
        {
            Protocol = Protocol(protocol),
            SourcePort = source == "any" ? null : Number(source),
            DestinationPort = destination == "any" ? null : Number(destination),
            Direction = direction switch { "in" => FlowDirection.In, "out" => FlowDirection.Out, _ => null },
            Destination = to is null ? null : Address(to),
            IcmpType = type,
        };
        return Print(query, "The catalogue knows nobody who would open such a flow.");
    }

    private int Print(FlowQuery query, string nothing)
    {
        var matches = UserCatalogue.Load(output).Match(query);
        if (matches.Count == 0)
        {
            throw new CliException(ExitCode.Failure, nothing);
        }

        var width = matches.Max(match => Name(match).Length);
        foreach (var match in matches)
        {
            var bits = match.Bits.ToString("0.0", CultureInfo.InvariantCulture);
            output.Line($"{bits,5}  {Name(match).PadRight(width)}  {ApplicationText.Sentence(match.Application, match.Flow)}");
            output.Object(Json(match));
        }

        return ExitCode.Success;
    }

    private static string Name(FlowMatch match) => $"{match.Application.Id}:{match.Flow.Id}";

    private static JsonObject Json(FlowMatch match) => new()
    {
        ["application"] = match.Application.Id,
        ["title"] = match.Application.Title,
        ["status"] = EntryWords.Of(match.Application.Status),
        ["flow"] = match.Flow.Id,
        ["from"] = match.Flow.From,
        ["to"] = match.Flow.To,
        ["proto"] = new JsonArray([.. match.Flow.Protocols.Select(protocol => (JsonNode?)EntryWords.Of(protocol))]),
        ["src"] = match.Flow.SourcePorts.ToString(),
        ["dst"] = match.Flow.DestinationPorts.ToString(),
        ["need"] = EntryWords.Of(match.Flow.Need),
        ["bits"] = Math.Round(match.Bits, 2),
        ["sentence"] = ApplicationText.Sentence(match.Application, match.Flow),
    };

    private static ushort Number(string text) => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
        ? port
        : throw new CliException(ExitCode.Usage, $"\"{text}\" is no port: it must be a number from 0 to 65535.");

    private static IpProtocol Protocol(string word) => EntryWords.TryParse<IpProtocol>(word.ToLowerInvariant(), out var protocol)
        ? protocol
        : throw new CliException(ExitCode.Usage, $"\"{word}\" is no protocol of the catalogue: it knows {string.Join(", ", EntryWords.Of<IpProtocol>())}.");

    private static IPAddress Address(string text) => IPAddress.TryParse(text, out var address)
        ? address
        : throw new CliException(ExitCode.Usage, $"\"{text}\" is no address.");
}

using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Postern.Firewalls.Catalogue;

/// <summary>Writes catalogue entries as <see cref="ApplicationReader"/> reads them; what is as usual is left out.</summary>
public static class ApplicationWriter
{
    /// <summary>Plain signs stay plain: an entry is read by people, never put into a page.</summary>
    private static readonly JsonWriterOptions Options = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, NewLine = "\n" };

    /// <summary>Ends with a line feed.</summary>
    public static string Write(Application application)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            Write(json, application);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void Write(Utf8JsonWriter json, Application application)
    {
        json.WriteStartObject();
        json.WriteString("id", application.Id);
        json.WriteString("title", application.Title);
        Text(json, "summary", application.Summary);
        json.WriteString("status", EntryWords.Of(application.Status));
        Text(json, "endedOn", application.EndedOn);
        Text(json, "replacedBy", application.ReplacedBy);
        Texts(json, "aliases", application.Aliases);
        json.WriteStartObject("roles");
        foreach (var (role, who) in application.Roles)
        {
            json.WriteString(role, who);
        }

        json.WriteEndObject();
        json.WriteStartArray("flows");
        foreach (var flow in application.Flows)
        {
            Write(json, flow);
        }

        json.WriteEndArray();
        Text(json, "httpProxy", application.HttpProxy);
        Text(json, "socksProxy", application.SocksProxy);
        Texts(json, "notes", application.Notes);
        Texts(json, "sources", application.Sources);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Flow flow)
    {
        json.WriteStartObject();
        json.WriteString("id", flow.Id);
        json.WriteString("from", flow.From);
        json.WriteString("to", flow.To);
        Texts(json, "proto", flow.Protocols.Select(EntryWords.Of));
        Ports(json, "src", flow.SourcePorts);
        Ports(json, "dst", flow.DestinationPorts);
        Flag(json, "samePort", flow.SamePort, false);
        if (flow.IcmpType is { } type)
        {
            json.WriteNumber("icmpType", type);
        }

        Text(json, "addresses", flow.Addresses?.ToString());
        Texts(json, "hosts", flow.Hosts);
        json.WriteString("need", EntryWords.Of(flow.Need));
        json.WriteString("why", flow.Why);
        Text(json, "condition", flow.Condition);
        json.WriteString("confidence", EntryWords.Of(flow.Confidence));
        Text(json, "stated", flow.Stated);
        Texts(json, "sources", flow.Sources);
        Flag(json, "alive", flow.IsAlive, true);
        Text(json, "helper", flow.Helper);
        Flag(json, "fragments", flow.Fragments, false);
        Flag(json, "payloadAddress", flow.PayloadAddress, false);
        json.WriteEndObject();
    }

    private static void Ports(Utf8JsonWriter json, string name, PortExpression ports) =>
        Text(json, name, ports == PortExpression.Anything ? null : ports.ToString());

    private static void Flag(Utf8JsonWriter json, string name, bool value, bool usual)
    {
        if (value != usual)
        {
            json.WriteBoolean(name, value);
        }
    }

    private static void Text(Utf8JsonWriter json, string name, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            json.WriteString(name, text);
        }
    }

    private static void Texts(Utf8JsonWriter json, string name, IEnumerable<string> texts)
    {
        if (!texts.Any())
        {
            return;
        }

        json.WriteStartArray(name);
        foreach (var text in texts)
        {
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
    }
}

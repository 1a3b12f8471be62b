using System.Text.Json;
using System.Text.Json.Serialization;
using Postern.Protocol.Net;

namespace Postern.Protocol.Nat;

/// <summary>An endpoint in JSON: its text, ADDRESS:PORT.</summary>
public sealed class EndpointConverter : JsonConverter<Endpoint>
{
    public override Endpoint Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Endpoint.TryParse(reader.GetString(), out var endpoint) ? endpoint : throw new JsonException("Not ADDRESS:PORT.");

    public override void Write(Utf8JsonWriter writer, Endpoint value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postern.Protocol.Switching.Frames;

/// <summary>A JSON object that is carried word for word by someone who does not read it.</summary>
[JsonConverter(typeof(Converter))]
public readonly record struct OpaqueJson(string Text)
{
    public override string ToString() => Text ?? "{}";

    internal sealed class Converter : JsonConverter<OpaqueJson>
    {
        public override OpaqueJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                throw new JsonException(); // caught in FrameCodec, as every complaint of the serializer is
            }

            using var document = JsonDocument.ParseValue(ref reader);
            return new(document.RootElement.GetRawText());
        }

        public override void Write(Utf8JsonWriter writer, OpaqueJson value, JsonSerializerOptions options) => writer.WriteRawValue(value.ToString());
    }
}

using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postern.Protocol.Switching.Frames;

/// <summary>An enum as small-letter text with hyphens. A word of a later version reads as the enum's zero, which means "unknown".</summary>
internal sealed class KebabEnum<T> : JsonConverter<T>
    where T : struct, Enum
{
    private static readonly Dictionary<string, T> ByText = Enum.GetValues<T>().ToDictionary(Text);
    private static readonly Dictionary<T, string> ByValue = Enum.GetValues<T>().ToDictionary(value => value, Text);

    public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String ? ByText.GetValueOrDefault(reader.GetString()!) : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) => writer.WriteStringValue(ByValue[value]);

    private static string Text(T value) => JsonNamingPolicy.KebabCaseLower.ConvertName(value.ToString());
}

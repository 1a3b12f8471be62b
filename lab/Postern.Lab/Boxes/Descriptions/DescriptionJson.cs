using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postern.Lab.Boxes.Descriptions;

/// <summary>How files that people write are read. Comments are allowed, unknown words are not.</summary>
internal static class DescriptionJson
{
    /// <summary>By reflection: the source generator would set what a description leaves out to zero instead of its default.</summary>
    public static JsonSerializerOptions Options(params ReadOnlySpan<JsonConverter> converters)
    {
        var options = new JsonSerializerOptions
        {
            PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            ReadCommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            WriteIndented = true,
            RespectNullableAnnotations = true,
            DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        };
        foreach (var converter in converters)
        {
            options.Converters.Add(converter);
        }

        return options;
    }
}

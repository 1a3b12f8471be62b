using System.Text.Json;
using System.Text.Json.Serialization;

namespace Postern.Lab.Boxes.Descriptions;

/// <summary>Words with hyphens, as RFC 4787 writes its behaviours: "endpoint-independent".</summary>
internal sealed class KebabEnumConverter<TEnum>() : JsonStringEnumConverter<TEnum>(JsonNamingPolicy.KebabCaseLower, allowIntegerValues: false)
    where TEnum : struct, Enum;

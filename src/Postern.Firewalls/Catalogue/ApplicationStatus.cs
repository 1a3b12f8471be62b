using System.Text.Json.Serialization;

namespace Postern.Firewalls.Catalogue;

/// <summary>Whether anybody still needs it.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ApplicationStatus>))]
public enum ApplicationStatus : byte
{
    [JsonStringEnumMemberName("alive")]
    Alive,

    /// <summary>Still met, no longer made.</summary>
    [JsonStringEnumMemberName("fading")]
    Fading,

    /// <summary>Its service or its network is gone; kept as the example of a pattern.</summary>
    [JsonStringEnumMemberName("ended")]
    Ended,
}

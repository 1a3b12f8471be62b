using System.Text.Json.Serialization;

namespace Postern.Firewalls.Catalogue;

/// <summary>What happens to the application without the flow.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FlowNeed>))]
public enum FlowNeed : byte
{
    /// <summary>It does not work.</summary>
    [JsonStringEnumMemberName("required")]
    Required,

    /// <summary>It works, less well or without a feature.</summary>
    [JsonStringEnumMemberName("optional")]
    Optional,

    /// <summary>Only old versions need it.</summary>
    [JsonStringEnumMemberName("legacy")]
    Legacy,

    /// <summary>The answering half of another flow: a filter that remembers flows must not open it.</summary>
    [JsonStringEnumMemberName("stateless-only")]
    StatelessOnly,

    /// <summary>Not needed, tried all the same: it is to be rejected without a line in the log, since silence makes the application wait.</summary>
    [JsonStringEnumMemberName("quiet-reject")]
    QuietReject,

    /// <summary>Not needed and noisy: it is to be dropped without a line in the log.</summary>
    [JsonStringEnumMemberName("quiet-drop")]
    QuietDrop,
}

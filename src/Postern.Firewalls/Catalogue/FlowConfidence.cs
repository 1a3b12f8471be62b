using System.Text.Json.Serialization;

namespace Postern.Firewalls.Catalogue;

/// <summary>How sure the facts of a flow are, best first.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FlowConfidence>))]
public enum FlowConfidence : byte
{
    /// <summary>A standard says so.</summary>
    [JsonStringEnumMemberName("standard")]
    Standard,

    /// <summary>Whoever makes the application says so.</summary>
    [JsonStringEnumMemberName("vendor")]
    Vendor,

    /// <summary>IANA's registry of ports says so.</summary>
    [JsonStringEnumMemberName("registered")]
    Registered,

    /// <summary>Somebody saw it on the wire.</summary>
    [JsonStringEnumMemberName("observed")]
    Observed,

    /// <summary>"I believe".</summary>
    [JsonStringEnumMemberName("believed")]
    Believed,

    /// <summary>"I'm guessing".</summary>
    [JsonStringEnumMemberName("guess")]
    Guess,

    /// <summary>The source was wrong; what it stated is kept beside what is right.</summary>
    [JsonStringEnumMemberName("corrected")]
    Corrected,
}

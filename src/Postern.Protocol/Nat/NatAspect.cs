using System.Text.Json.Serialization;

namespace Postern.Protocol.Nat;

/// <summary>One of the things a <see cref="NatReport"/> tells.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<NatAspect>))]
public enum NatAspect : byte
{
    Reachability,
    Mapping,
    Filtering,
    Ports,
    Hairpin,
}

using System.Text.Json.Serialization;

namespace Postern.Protocol.Nat;

/// <summary>The kinds of path that a forecast speaks of, in the design's words and from best to last resort.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ForecastKind>))]
public enum ForecastKind : byte
{
    Host,
    Mapped,
    Punched,
    Predicted,
    Tcp,
    Relayed,
}

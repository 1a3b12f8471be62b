using System.Text.Json.Serialization;

namespace Postern.Protocol.Nat;

/// <summary>How a NAT chooses the outer port of a new mapping.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PortRuleKind>))]
public enum PortRuleKind : byte
{
    Unknown,

    /// <summary>The inner port ("port preservation", RFC 4787 §4.2.1).</summary>
    Kept,

    /// <summary>The inner port plus <see cref="PortRule.Delta"/>.</summary>
    Offset,

    /// <summary>The last port given out plus <see cref="PortRule.Delta"/>.</summary>
    Step,

    /// <summary>Any port of one small block, as carriers give one to each subscriber.</summary>
    Block,

    /// <summary>Any port.</summary>
    Random,
}

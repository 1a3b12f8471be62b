using System.Text.Json.Serialization;
using Postern.Protocol.Nat;

namespace Postern.Lab.Boxes;

/// <summary>How a NAT chooses the outer port of a new mapping (RFC 4787 §4.2).</summary>
public sealed record PortAssignment
{
    public PortRuleKind Rule { get; init; } = PortRuleKind.Kept;

    /// <summary><see cref="PortRuleKind.Offset"/>: outer minus inner port; beyond the range it is reduced into it.</summary>
    public int Offset { get; init; }

    /// <summary><see cref="PortRuleKind.Step"/>: next minus last port, wrapping inside the range.</summary>
    public int Step { get; init; } = 1;

    /// <summary>Lowest port given out.</summary>
    public int First { get; init; } = 1024;

    /// <summary>Highest port given out.</summary>
    public int Last { get; init; } = 65535;

    /// <summary><see cref="PortRuleKind.Block"/>: ports of one subscriber's block, which begins at a multiple of it.</summary>
    public int BlockSize { get; init; }

    /// <summary>How often another host has the port that the rule names (kept and offset): 0 never, 1 always.</summary>
    public double Taken { get; init; }

    public ClashRule OnClash { get; init; }

    /// <summary>Whether a mapping's port may be another one than the rule names, since others have that: where clashes are refused, there is that one or none.</summary>
    [JsonIgnore]
    public bool Evades => Taken > 0 && OnClash != ClashRule.Refuse;
}

namespace Postern.Lab.Grid;

/// <summary>Kinds of boxes, in the order in which the grid shows them.</summary>
public enum GridBoxKind : byte
{
    Public,
    Nat,

    /// <summary>Several boxes, one behind the other.</summary>
    Row,
    Firewall,

    /// <summary>A firewall with a guard against port scans.</summary>
    Guard,
}

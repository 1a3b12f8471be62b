namespace Postern.Lab.Boxes;

/// <summary>What a box does where it has no room for another mapping.</summary>
public enum TableFullRule : byte
{
    /// <summary>The packet is dropped.</summary>
    Refuse,

    /// <summary>The mapping that was idle longest goes.</summary>
    EvictOldest,
}

namespace Postern.Lab.Schedules.HyperDht;

/// <summary>What HyperDHT makes of a side's NAT (lib/nat.js).</summary>
internal enum HyperDhtNat : byte
{
    /// <summary>Too few samples.</summary>
    Unknown,

    /// <summary>Strangers reach it.</summary>
    Open,

    /// <summary>The mapping stays.</summary>
    Consistent,

    /// <summary>It does not; how the ports move is not asked.</summary>
    Random,
}

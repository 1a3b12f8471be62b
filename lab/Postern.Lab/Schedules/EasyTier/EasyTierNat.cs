namespace Postern.Lab.Schedules.EasyTier;

/// <summary>What EasyTier makes of a side's NAT (connectivity/stun/client.rs, hole_punch/udp/common.rs).</summary>
internal enum EasyTierNat : byte
{
    Unknown,

    /// <summary>No NAT, and strangers reach it.</summary>
    Open,

    /// <summary>The mapping stays.</summary>
    Cone,

    /// <summary>Ports go up a little with each destination and each socket.</summary>
    Increasing,

    /// <summary>They go down.</summary>
    Decreasing,

    /// <summary>They cannot be told beforehand.</summary>
    Hard,
}

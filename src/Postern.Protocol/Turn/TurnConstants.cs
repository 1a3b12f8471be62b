namespace Postern.Protocol.Turn;

/// <summary>Numbers that RFC 8656 sets.</summary>
internal static class TurnConstants
{
    /// <summary>RFC 8656 §3.2: "default lifetime … 10 minutes".</summary>
    public static readonly TimeSpan DefaultLifetime = TimeSpan.FromMinutes(10);

    /// <summary>RFC 8656 §7.2: "a recommended maximum … 3600 seconds".</summary>
    public static readonly TimeSpan MaximumLifetime = TimeSpan.FromHours(1);

    /// <summary>RFC 8656 §9: "The Permission Lifetime MUST be 300 seconds".</summary>
    public static readonly TimeSpan PermissionLifetime = TimeSpan.FromMinutes(5);

    /// <summary>RFC 8656 §12: "channel bindings last for 10 minutes".</summary>
    public static readonly TimeSpan ChannelLifetime = TimeSpan.FromMinutes(10);

    /// <summary>RFC 8656 §7.2: the reservation of a port is kept "for at least 30 seconds".</summary>
    public static readonly TimeSpan ReservationLifetime = TimeSpan.FromSeconds(30);

    /// <summary>RFC 8656 §12: channel numbers 0x4000 to 0x4FFF.</summary>
    public const ushort FirstChannel = 0x4000;
    public const ushort LastChannel = 0x4FFF;

    /// <summary>RFC 5766, which RFC 8656 replaced, went up to here.</summary>
    public const ushort LastOldChannel = 0x7FFF;

    /// <summary>REQUESTED-TRANSPORT and its 24 reserved bits (RFC 8656 §18.8): 17 is UDP.</summary>
    public const uint Udp = 17u << 24;

    /// <summary>Address families in REQUESTED-ADDRESS-FAMILY and its kin (RFC 8656 §18.6), with their 24 reserved bits.</summary>
    public const uint FamilyV4 = 1u << 24;
    public const uint FamilyV6 = 2u << 24;
}

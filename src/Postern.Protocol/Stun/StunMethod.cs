namespace Postern.Protocol.Stun;

/// <summary>The twelve method bits of a message type (IANA, STUN Methods).</summary>
public enum StunMethod : ushort
{
    Binding = 0x001,

    /// <summary>RFC 3489, removed by RFC 5389.</summary>
    SharedSecret = 0x002,

    Allocate = 0x003,
    Refresh = 0x004,
    Send = 0x006,
    Data = 0x007,
    CreatePermission = 0x008,
    ChannelBind = 0x009,

    /// <summary>RFC 6062.</summary>
    Connect = 0x00A,

    /// <summary>RFC 6062.</summary>
    ConnectionBind = 0x00B,

    /// <summary>RFC 6062.</summary>
    ConnectionAttempt = 0x00C,
}

namespace Postern.Lab.Boxes;

/// <summary>Why a packet went no further.</summary>
public enum DropReason : byte
{
    None,

    /// <summary>Nobody inside has opened that port.</summary>
    NoMapping,

    /// <summary>The port is open, not to this sender (RFC 4787 §5).</summary>
    Filtered,

    /// <summary>The subscriber has no port left.</summary>
    NoPort,

    /// <summary>The box has no room for another mapping.</summary>
    TableFull,

    /// <summary>From inside to the box's own outer address, and it does not turn packets round (RFC 4787 §6).</summary>
    NoHairpin,

    /// <summary>The sender was too early, and the box does not forgive that yet.</summary>
    TooEarly,

    /// <summary>Not what TCP's state allows here.</summary>
    WrongState,

    /// <summary>The firewall's rules do not let it out.</summary>
    Refused,

    /// <summary>The firewall takes the sender for a port scanner.</summary>
    Banned,

    /// <summary>Time to live is used up.</summary>
    TimeExceeded,

    /// <summary>The link lost it.</summary>
    Lost,

    /// <summary>The link's queue is full.</summary>
    QueueFull,

    /// <summary>Larger than the link takes.</summary>
    TooBig,

    /// <summary>No host has that address.</summary>
    NoHost,

    /// <summary>Nothing that the box understands: broken, or of a transport that it does not carry.</summary>
    Unreadable,

    /// <summary>A fragment that came before the first of its datagram, or long after it.</summary>
    NoFirstFragment,
}

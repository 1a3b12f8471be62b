namespace Postern.Lab.Packets;

/// <summary>Why a packet came back (RFC 792, RFC 4443 §3).</summary>
public enum IcmpErrorKind : byte
{
    None,
    PortUnreachable,
    HostUnreachable,

    /// <summary>"Communication administratively prohibited" (RFC 1812 §5.2.7.1).</summary>
    Prohibited,
    TimeExceeded,
    PacketTooBig,
}

namespace Postern.Sessions.Sctp;

/// <summary>What an INIT or INIT ACK says of the end that wrote it (RFC 9260 §3.3.2).</summary>
/// <param name="Tag">The verification tag that packets towards this end carry.</param>
/// <param name="Window">Its receive window in bytes.</param>
/// <param name="OutboundStreams">How many streams it wants to send on.</param>
/// <param name="InboundStreams">How many streams it lets the other end send on.</param>
/// <param name="InitialTsn">The first TSN it will send.</param>
/// <param name="ForwardsTsn">Whether it understands FORWARD TSN (RFC 3758 §3.1).</param>
/// <param name="ResetsStreams">Whether it understands RE-CONFIG (RFC 6525 §3).</param>
public readonly record struct PeerParameters(
    uint Tag, uint Window, ushort OutboundStreams, ushort InboundStreams, uint InitialTsn, bool ForwardsTsn, bool ResetsStreams);

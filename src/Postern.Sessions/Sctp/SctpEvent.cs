namespace Postern.Sessions.Sctp;

/// <summary>What an association reports.</summary>
public abstract record SctpEvent
{
    private SctpEvent()
    {
    }

    /// <summary>The handshake is done; data flows.</summary>
    public sealed record Established : SctpEvent;

    /// <summary>A whole message; within an ordered stream in the order in which it was sent.</summary>
    public sealed record MessageReceived(ushort Stream, uint PayloadProtocol, ReadOnlyMemory<byte> Payload) : SctpEvent;

    /// <summary>Streams begin anew at sequence number 0 (RFC 6525): the peer's towards us, or ours after <see cref="SctpAssociation.ResetStream"/>.</summary>
    /// <param name="ByPeer">Whether it is the peer's sending side that was reset.</param>
    /// <param name="Streams">Which; empty means all.</param>
    public sealed record StreamsReset(bool ByPeer, IReadOnlyList<ushort> Streams) : SctpEvent;

    /// <summary>A message was refused because the send buffer was full; half of it is free now.</summary>
    public sealed record SendBufferDrained : SctpEvent;

    /// <summary>The last event: nothing is sent or received any more.</summary>
    public sealed record Closed(SctpCloseReason Reason, SctpCause Cause) : SctpEvent;
}

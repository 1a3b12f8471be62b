namespace Postern.Sessions.Sctp;

/// <summary>What <see cref="DataChannels"/> reports.</summary>
public abstract record DataChannelEvent
{
    private DataChannelEvent()
    {
    }

    /// <summary>The association is up.</summary>
    public sealed record Established : DataChannelEvent;

    /// <summary>A channel that the peer opened, or one of ours that it confirmed.</summary>
    public sealed record ChannelOpened(DataChannel Channel, bool ByPeer) : DataChannelEvent;

    public sealed record MessageReceived(DataChannel Channel, bool IsText, ReadOnlyMemory<byte> Payload) : DataChannelEvent;

    /// <summary>Both ends have reset the stream, or the association ended.</summary>
    public sealed record ChannelClosed(DataChannel Channel) : DataChannelEvent;

    /// <summary>After a message was refused: there is room again.</summary>
    public sealed record SendBufferDrained : DataChannelEvent;

    /// <summary>The association is over; all channels were reported closed before.</summary>
    public sealed record Ended(SctpCloseReason Reason, SctpCause Cause) : DataChannelEvent;
}

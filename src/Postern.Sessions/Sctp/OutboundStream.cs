namespace Postern.Sessions.Sctp;

/// <summary>One stream towards the peer: its queue of messages and its next sequence number.</summary>
internal sealed class OutboundStream
{
    public ushort Id;
    public OutgoingMessage? First;
    public OutgoingMessage? Last;
    public ushort NextSequence;

    /// <summary>User bytes accepted and neither acknowledged nor abandoned.</summary>
    public long Buffered;

    /// <summary>A reset is wanted or under way: no further message is accepted until it is done.</summary>
    public bool IsResetting;

    /// <summary>Whether it stands in the round of streams with messages to send, and which follows it there.</summary>
    public bool IsActive;
    public OutboundStream? NextActive;
}

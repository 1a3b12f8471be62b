namespace Postern.Sessions.Sctp;

/// <summary>One stream from the peer: the sequence number that is next, and messages that came before their turn, sorted.</summary>
internal sealed class InboundStream
{
    public ushort NextSequence;
    public HeldMessage? First;
    public HeldMessage? Last;
}

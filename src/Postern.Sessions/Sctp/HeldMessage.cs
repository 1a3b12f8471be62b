namespace Postern.Sessions.Sctp;

/// <summary>A whole message that waits for earlier ones of its stream.</summary>
internal sealed class HeldMessage(ushort sequence, uint payloadProtocol, byte[] payload)
{
    public ushort Sequence { get; } = sequence;

    public uint PayloadProtocol { get; } = payloadProtocol;

    public byte[] Payload { get; } = payload;

    public HeldMessage? Previous { get; set; }

    public HeldMessage? Next { get; set; }
}

namespace Postern.Sessions.Dtls.Messages;

/// <summary>A view of a whole handshake message, with its header as if it had never been fragmented: what the transcript hashes (RFC 6347 §4.2.6).</summary>
internal readonly ref struct HandshakeMessage(ReadOnlySpan<byte> bytes)
{
    public ReadOnlySpan<byte> Bytes { get; } = bytes;

    public HandshakeType Type => (HandshakeType)Bytes[0];

    public ReadOnlySpan<byte> Body => Bytes[HandshakeFragment.HeaderSize..];
}

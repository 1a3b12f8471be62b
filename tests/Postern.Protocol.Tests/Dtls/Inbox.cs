using Postern.Protocol.Net;
using Postern.Sessions.Dtls;

namespace Postern.Tests.Dtls;

/// <summary>Keeps what was decrypted.</summary>
public sealed class Inbox : IPlaintextReceiver
{
    public List<byte[]> Received { get; } = [];

    public void HandlePlaintext(ReadOnlySpan<byte> plaintext, Instant now) => Received.Add(plaintext.ToArray());
}

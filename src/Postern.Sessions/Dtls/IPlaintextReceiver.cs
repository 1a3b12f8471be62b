using Postern.Protocol.Net;

namespace Postern.Sessions.Dtls;

/// <summary>Takes what a <see cref="DtlsConnection"/> decrypted.</summary>
public interface IPlaintextReceiver
{
    /// <summary>The bytes of one application record, never empty, valid during the call. The connection's own <c>HandleDatagram</c> must not be called from within.</summary>
    void HandlePlaintext(ReadOnlySpan<byte> plaintext, Instant now);
}

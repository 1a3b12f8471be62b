using System.Security.Cryptography;
using Postern.Sessions.Dtls.Messages;

namespace Postern.Sessions.Dtls.Handshake;

/// <summary>The running hash over all handshake messages of both sides (RFC 6347 §4.2.6).</summary>
internal sealed class Transcript : IDisposable
{
    public const int HashSize = SHA256.HashSizeInBytes;
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    public void Add(HandshakeMessage message) => _hash.AppendData(message.Bytes);

    /// <summary>The hash of what was added so far.</summary>
    public byte[] Current() => _hash.GetCurrentHash();

    /// <summary>A ClientHello that was answered by a HelloVerifyRequest does not count, nor does the request (RFC 6347 §4.2.1).</summary>
    public void Restart() => _hash.GetHashAndReset();

    public void Dispose() => _hash.Dispose();
}
